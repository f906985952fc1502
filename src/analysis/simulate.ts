import { criticalPath } from '../ir/graph/critical-path.js';
import type { Workflow } from '../ir/workflow.js';
import { tightestBound } from '../runtime/bound.js';
import { runningTime } from '../runtime/metrics.js';
import type { RunResult } from '../runtime/record.js';
import { createRunner } from '../runtime/runner.js';
import { createVirtualClock } from '../runtime/virtual-clock.js';
import { estimateNode, estimateOf, itemsKnown, standIn } from './stand-in.js';

/** What a run would be like: the record of one, and what decides how long it takes. Plain JSON. */
export interface Simulation extends RunResult {
  /** Ids of the longest chain of nodes that have to follow one another; no number of slots makes the run shorter. */
  readonly critical_path: readonly string[];
  /** Share of the slots' time that is used, 0 to 1; without a bound on concurrency, of as many slots as were ever used at once. */
  readonly utilisation: number;
  /** The bound that was simulated; `null` for none. */
  readonly max_concurrency: number | null;
  /** What was taken for granted where the workflow does not say. */
  readonly assumptions: readonly string[];
}

export interface SimulateOptions {
  /** At most so many nodes at once; a bound of the workflow's own holds as well. */
  readonly maxConcurrency?: number | null;
}

/** Nodes that one assumption names at most. */
const MAX_NAMES = 10;

/**
 * Runs a workflow on a virtual clock, by the engine that runs it for real and with the same chart, with every node a sleep of its
 * `estimate_ms` (in a batch, for each item): every node succeeds with `default`, every `when` holds, and no parameter is filled in. Joins, bounds
 * and resources hold as they would. Nothing is called, no time passes.
 *
 * @example
 * const { metrics, critical_path } = await simulateWorkflow(workflow, { maxConcurrency: 2 });
 */
export async function simulateWorkflow(
  workflow: Workflow,
  options: SimulateOptions = {},
): Promise<Simulation> {
  const maxConcurrency = tightestBound(workflow.maxConcurrency, options.maxConcurrency);
  const estimates = new Map(workflow.nodes.map((node) => [node.id, estimateOf(node)]));

  const clock = createVirtualClock();
  const runner = createRunner({ nodes: [estimateNode], clock });
  try {
    const run = runner.start(standIn(workflow, maxConcurrency), {}, { runId: 'simulation' });
    const result = await clock.runUntil(run.result);
    const path = criticalPathOf(workflow, estimates, result);
    const { wall_ms, work_ms, peak_concurrency } = result.metrics;
    const slots = maxConcurrency ?? peak_concurrency;
    return {
      ...result,
      // What a node puts out is not simulated.
      outputs: {},
      critical_path: path,
      utilisation: wall_ms === 0 || slots === 0 ? 0 : work_ms / (wall_ms * slots),
      max_concurrency: maxConcurrency,
      assumptions: assumptionsOf(workflow, estimates, result),
    };
  } finally {
    await runner.close();
  }
}

/** Ids of the chain that decides how long the run took: of a stage, the time from when the first result before it came. */
function criticalPathOf(
  workflow: Workflow,
  estimates: ReadonlyMap<string, number | null>,
  { nodes: records }: RunResult,
): readonly string[] {
  const leadOf = (id: string): number => {
    const record = records[id];
    return record === undefined ? 0 : (estimates.get(id) ?? 0) * (1 + (record.earlier?.length ?? 0));
  };
  const before = new Map(workflow.edges.filter(({ streams }) => streams).map(({ from, to }) => [to, from]));
  const waitOf = (id: string): number => {
    let wait = 0;
    for (let stage = before.get(id); stage !== undefined; stage = before.get(stage)) wait += leadOf(stage);
    return wait;
  };
  const durationOf = ({ id }: Workflow['nodes'][number]): number | null => {
    const ms = runningTime(records[id]);
    return ms === null ? null : Math.max(0, ms - waitOf(id));
  };
  return criticalPath(workflow, durationOf, ({ id }) => leadOf(id)).nodes;
}

function assumptionsOf(
  workflow: Workflow,
  estimates: ReadonlyMap<string, number | null>,
  result: RunResult,
): string[] {
  const names = (nodes: readonly { readonly id: string }[]) => {
    const named = nodes.slice(0, MAX_NAMES).map(({ id }) => JSON.stringify(id));
    return named.join(', ') + (nodes.length > MAX_NAMES ? ` and ${nodes.length - MAX_NAMES} more` : '');
  };
  const assumptions: string[] = [];
  const unknown = workflow.nodes.filter(
    ({ id, inline, type }) => inline === null && type !== 'wait' && estimates.get(id) === null,
  );
  if (unknown.length > 0) {
    assumptions.push(
      `no time for ${names(unknown)}, which ${unknown.length === 1 ? 'has' : 'have'} no \`estimate_ms\``,
    );
  }
  const batches = new Map(workflow.nodes.map((node) => [node.id, node.batch]));
  const open = workflow.nodes.filter(({ batch }) => batch !== null && itemsKnown(batch, batches) === null);
  if (open.length > 0)
    assumptions.push(`one item in ${names(open)}, as only a run can say how many there are`);
  const waits = workflow.nodes.filter(({ id, type }) => type === 'wait' && estimates.get(id) === null);
  if (waits.length > 0)
    assumptions.push(`what ${names(waits)} ${waits.length === 1 ? 'waits' : 'wait'} for is there at once`);
  const unbounded = workflow.resources.filter(({ capacity }) => capacity === 'auto');
  if (unbounded.length > 0)
    assumptions.push(
      `the machine has enough of ${unbounded.map(({ name }) => JSON.stringify(name)).join(', ')}`,
    );
  const conditions = [...workflow.nodes, ...workflow.edges].filter(({ when }) => when !== null).length;
  if (conditions > 0)
    assumptions.push(`every \`when\` holds (there ${conditions === 1 ? 'is' : 'are'} ${conditions})`);
  const other = workflow.edges.filter(({ action }) => action !== null && action !== 'default');
  if (other.length > 0) {
    const actions = [...new Set(other.map(({ action }) => JSON.stringify(action)))].join(', ');
    assumptions.push(
      `every node succeeds with the action \`default\`, so that no edge with ${actions} is taken`,
    );
  }
  const skipped = workflow.nodes.filter(({ id }) => result.nodes[id]?.status === 'skipped');
  if (skipped.length > 0)
    assumptions.push(`${names(skipped)} ${skipped.length === 1 ? 'does' : 'do'} not run`);
  const late = workflow.nodes.filter(
    ({ id, attemptTimeoutMs }) => attemptTimeoutMs !== null && (estimates.get(id) ?? 0) > attemptTimeoutMs,
  );
  if (late.length > 0)
    assumptions.push(`timeouts do not fire, though ${names(late)} are estimated to take longer than theirs`);
  if (workflow.timeoutMs !== null && result.metrics.wall_ms > workflow.timeoutMs) {
    assumptions.push(
      `the run's timeout of ${workflow.timeoutMs} ms does not fire, though the run takes longer`,
    );
  }
  return assumptions;
}
