import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CODES } from '../../src/ir/diagnostics/codes.js';
import { createRunner } from '../../src/runtime/runner.js';
import { traceRun } from '../helpers/trace.js';
import { fencedBlocks, shownWith } from './markdown.js';
import { ROOT, runProgram, scratchOf } from './program.js';
import { recordText } from './record-text.js';

const guide = readFileSync(path.join(ROOT, 'docs/policies.md'), 'utf8');
const blocks = fencedBlocks(guide);
const workflows = shownWith(blocks, 'json').map(({ block, shown }) => ({ ...block, shown }));
const programs = shownWith(blocks, 'js').map(({ block, shown }) => ({ ...block, shown }));

describe('docs/policies.md', () => {
  afterAll(() => rmSync(scratchOf('policies'), { recursive: true, force: true }));

  it('has workflows and programs', () => {
    expect(workflows.length).toBeGreaterThan(10);
    expect(programs.length).toBeGreaterThan(1);
  });

  describe.each(workflows)('the workflow under "$under"', ({ content, shown }) => {
    it('is accepted without a complaint', () => {
      expect(createRunner().check(content)).toMatchObject({ ok: true, diagnostics: [] });
    });

    it.runIf(shown !== null)('leaves the record that is shown', async () => {
      const { result } = await traceRun(content);
      expect(recordText(result)).toBe(shown);
    });
  });

  it.each(programs)(
    'prints what is shown under "$under"',
    async ({ content, shown, under }) => {
      expect(await runProgram('policies', under.replaceAll(/\W+/g, '-'), content)).toBe(shown);
    },
    120_000,
  );

  it('links to its own headings and to files that are there', () => {
    const headings = [...guide.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((link) => link.startsWith('#'))).toEqual(anchors.map((anchor) => `#${anchor}`));
    for (const link of links.filter((target) => !target.startsWith('#')))
      expect(existsSync(path.join(ROOT, 'docs', link)), link).toBe(true);
  });

  it('names codes that there are', () => {
    const named = [...guide.matchAll(/\bFC\d{4}\b/g)].map(([code]) => code);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
  });
});
