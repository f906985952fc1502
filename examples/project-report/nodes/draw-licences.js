import { defineNode } from 'forkchart';
import { z } from 'zod';
import { formatCount, horizontalBars } from '../charts.js';
import { dependencies } from '../data.js';

const MOST = 10;

/** Draws under which licences packages are installed; the empty text where there is no lock file. */
export const drawLicences = defineNode({
  type: 'draw-licences',
  description: 'Draws how many packages have which licence, as SVG.',
  params: z.strictObject({ dependencies }),
  effects: 'pure',
  run({ dependencies }) {
    if (!dependencies.available) return '';
    const rest = dependencies.licences.slice(MOST);
    const rows = dependencies.licences.slice(0, MOST);
    if (rest.length > 0) {
      rows.push({
        licence: `${rest.length} more`,
        packages: rest.reduce((sum, { packages }) => sum + packages, 0),
      });
    }
    return horizontalBars(
      'Packages by licence',
      rows.map(({ licence, packages }) => ({
        label: licence,
        note: formatCount(packages),
        parts: [{ className: 'code', name: packages === 1 ? 'package' : 'packages', value: packages }],
      })),
    );
  },
});
