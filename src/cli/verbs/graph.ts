import { drawChart } from '../../analysis/graph/chart.js';
import { drawMermaid } from '../../analysis/graph/mermaid.js';
import { EXIT } from '../exit-code.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage-error.js';
import { COMMON_OPTIONS, type Verb } from '../verb.js';
import { withWorkflow } from '../with-workflow.js';

const FORMATS = ['mermaid', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** `forkchart graph FILE`: the chart, for people (Mermaid) and for XState's tools (JSON). */
export const graphVerb: Verb = {
  name: 'graph',
  summary: 'draw the chart, as Mermaid or as the XState machine in JSON',
  options: [
    {
      name: 'format',
      value: 'mermaid|json',
      help: 'what to draw it as (default: mermaid; with --json: json)',
    },
    ...COMMON_OPTIONS,
  ],
  examples: ['forkchart graph report.json > report.mmd', 'forkchart graph report.json --format json'],
  run: async (session) => {
    const format = readFormat(session);
    return await withWorkflow(session, async ({ workflow }) => {
      if (format === 'mermaid') session.print(drawMermaid(workflow));
      else session.printJson(drawChart(workflow));
      return EXIT.done;
    });
  },
};

function readFormat(session: Session): Format {
  const given = session.args.get('format');
  if (given === null) return session.json ? 'json' : 'mermaid';
  if (given === 'svg')
    throw new UsageError('`--format svg` is not in this version.', 'Type `--format mermaid`.');
  const format = FORMATS.find((known) => known === given);
  if (format === undefined) {
    throw new UsageError(
      `There is no format ${JSON.stringify(given)}.`,
      `Type \`--format ${FORMATS.join('` or `--format ')}\`.`,
    );
  }
  if (session.json && format !== 'json') {
    throw new UsageError(
      `\`--json\` and \`--format ${format}\` exclude each other.`,
      'Leave one of them out.',
    );
  }
  return format;
}
