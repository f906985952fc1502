import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadContestant } from './catalog.mjs';
import { drawGrowth } from './chart.mjs';
import { describeMachine, versionOf } from './machine.mjs';
import { writeReport } from './report.mjs';
import { summarize } from './results.mjs';
import { casesOf, measureAll } from './rounds.mjs';

/**
 * Measures as the options say, writes the report where they say, and gives it back as Markdown.
 *
 * @param options see `readOptions`
 * @param say told of progress, a line at a time
 */
export async function runBenchmark(options, say) {
  const contestants = await Promise.all(options.contestants.map(describe));
  const cases = await casesOf(options.workloads, options.quick);
  const outcomeOf = await measureAll(options, cases, say);
  const results = {
    ...options,
    machine: describeMachine(),
    ...summarize(options, cases, outcomeOf),
    contestants,
  };
  const report = writeReport(results);
  if (options.out !== null) {
    mkdirSync(options.out, { recursive: true });
    writeFileSync(path.join(options.out, 'benchmarks.md'), report);
    writeFileSync(path.join(options.out, 'benchmarks.svg'), drawGrowth(results));
  }
  return report;
}

async function describe(name) {
  const { title, how, packages } = await loadContestant(name);
  return { name, title, how, versions: packages.map((one) => `${one} ${versionOf(one)}`) };
}
