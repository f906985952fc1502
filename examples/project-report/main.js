/**
 * Makes an HTML report on a directory of source code, with a workflow that does at once what can be done at once.
 *
 *     npm start                          on this repository
 *     npm start -- DIR [--out FILE]      on any directory
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRunner, planWorkflow } from 'forkchart';
import { nodes } from './nodes.js';
import { renderPage } from './page.js';

/** How many runs of each kind are measured; odd, as the median is one of them. */
const MEASUREMENTS = 3;
const USAGE = 'Usage: npm start -- [DIR] [--out FILE]';

/** Something that the caller can put right: exit code 2. */
class WrongArguments extends Error {}

try {
  await main(await readArguments());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof WrongArguments ? 2 : 1;
}

/** @param {{ directory: string, out: string }} options */
async function main({ directory, out }) {
  const runner = createRunner({ nodes });
  try {
    const workflow = runner.load(await readFile(new URL('./workflow.json', import.meta.url), 'utf8'));
    printPlan(workflow, directory);

    // The first run, which is not measured, starts the threads and fills the file cache. The others take turns, so that
    // whatever else the machine does falls on both kinds alike.
    await record(runner, workflow, { directory });
    const pairs = [];
    for (let count = 0; count < MEASUREMENTS; count += 1) {
      pairs.push({
        parallel: await record(runner, workflow, { directory }),
        sequential: await record(runner, workflow, { directory }, { maxConcurrency: 1 }),
      });
    }
    const parallel = median(pairs.map((pair) => pair.parallel));
    const sequential = median(pairs.map((pair) => pair.sequential));

    // The workflow composes the sections. The picture of a run is complete once the run has ended, so it is added here.
    const { name, sections } = parallel.result.outputs;
    const page = renderPage({
      name: String(name),
      sections: String(sections),
      cores: availableParallelism(),
      workflow,
      parallel,
      sequential,
    });
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, page);
    printTimes(parallel.result.metrics, sequential.result.metrics);
    console.log(`\nReport: ${out}`);
  } finally {
    await runner.close();
  }
}

/**
 * Runs the workflow once and keeps what happened.
 *
 * @param {import('forkchart').Runner} runner
 * @param {import('forkchart').Workflow} workflow
 * @param {{ directory: string }} inputs
 * @param {import('forkchart').StartOptions} [options]
 * @returns {Promise<import('./swim-lanes.js').RecordedRun>}
 */
async function record(runner, workflow, inputs, options) {
  /** @type {import('forkchart').RunEvent[]} */
  const events = [];
  const run = runner.start(workflow, inputs, { ...options, onEvent: (event) => events.push(event) });
  const result = await run.result;
  if (result.error !== null) {
    const { code, node, message, hint } = result.error;
    throw new Error(`${code}${node === null ? '' : `, node ${node}`}: ${message}\n${hint}`);
  }
  return { result, events };
}

/**
 * The run that took neither the longest nor the shortest.
 *
 * @param {readonly import('./swim-lanes.js').RecordedRun[]} runs
 */
function median(runs) {
  const byTime = [...runs].sort((a, b) => a.result.metrics.wall_ms - b.result.metrics.wall_ms);
  const middle = byTime[Math.floor(byTime.length / 2)];
  if (middle === undefined) throw new Error('No run was measured.');
  return middle;
}

/**
 * @param {import('forkchart').Workflow} workflow
 * @param {string} directory
 */
function printPlan(workflow, directory) {
  console.log(`A report on ${directory}\n\nPlan:`);
  for (const { step, nodes } of planWorkflow(workflow).steps) {
    console.log(`  ${step}  ${nodes.map(({ id }) => id).join(' || ')}`);
  }
}

/**
 * @param {import('forkchart').RunMetrics} parallel
 * @param {import('forkchart').RunMetrics} sequential
 */
function printTimes(parallel, sequential) {
  const ms = (/** @type {number} */ value) => `${value.toFixed(1)} ms`.padStart(11);
  console.log(`
Measured on ${availableParallelism()} cores, median of ${MEASUREMENTS} runs each:
  in parallel    ${ms(parallel.wall_ms)}   up to ${parallel.peak_concurrency} nodes at once, speed-up ${parallel.speedup.toFixed(2)} (work / wall)
  one at a time  ${ms(sequential.wall_ms)}   ${(sequential.wall_ms / parallel.wall_ms).toFixed(2)} times as long`);
}

async function readArguments() {
  const { values, positionals } = parse();
  if (positionals.length > 1) throw new WrongArguments(`One directory at a time, please.\n${USAGE}`);
  const directory = resolve(positionals[0] ?? fileURLToPath(new URL('../..', import.meta.url)));
  const found = await stat(directory).catch(() => null);
  if (found === null) throw new WrongArguments(`There is no directory ${directory}\n${USAGE}`);
  if (!found.isDirectory()) throw new WrongArguments(`This is not a directory: ${directory}\n${USAGE}`);
  return { directory, out: resolve(values.out) };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { out: { type: 'string', default: 'project-report/index.html' } },
    });
  } catch (error) {
    throw new WrongArguments(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
