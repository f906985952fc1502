import { z } from 'zod';
import { defineNode } from '../actors/node.js';
import { markChecked } from '../ir/checked.js';
import { criticalPath } from '../ir/graph/critical-path.js';
import type { JsonValue } from '../ir/json.js';
import { parseTemplate } from '../ir/template/template.js';
import type { Workflow, WorkflowNode } from '../ir/workflow.js';
import { tightestBound } from '../runtime/bound.js';
import { runningTime } from '../runtime/metrics.js';
import type { RunResult } from '../runtime/record.js';
import { createRunner } from '../runtime/runner.js';
import { createVirtualClock } from '../runtime/virtual-clock.js';

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

const TYPE = 'forkchart/estimate';

/** Stands in for every node: takes as long as was estimated, and does nothing. */
const estimateNode = defineNode({
  type: TYPE,
  description: 'takes as long as it is told to',
  params: z.object({ ms: z.number() }),
  effects: 'pure',
  run: async ({ ms }, ctx) => {
    if (ms > 0) await ctx.sleep(ms);
    return null;
  },
});

/**
 * Runs a workflow on a virtual clock, by the engine that runs it for real and with the same chart, with every node a sleep of its
 * `estimate_ms`: every node succeeds with `default`, every `when` holds, and no parameter is filled in. Nothing is called, no time passes.
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
    const run = runner.start(standIn(workflow, maxConcurrency, estimates), {}, { runId: 'simulation' });
    const result = await clock.runUntil(run.result);
    const path = criticalPath(workflow, ({ id }) => runningTime(result.nodes[id]));
    const { wall_ms, work_ms, peak_concurrency } = result.metrics;
    const slots = maxConcurrency ?? peak_concurrency;
    return {
      ...result,
      critical_path: path.nodes,
      utilisation: wall_ms === 0 || slots === 0 ? 0 : work_ms / (wall_ms * slots),
      max_concurrency: maxConcurrency,
      assumptions: assumptionsOf(workflow, estimates, result),
    };
  } finally {
    await runner.close();
  }
}

/** The same workflow, of nodes that do nothing but take their time: what is asked for, decided by or put out is left out. */
function standIn(
  workflow: Workflow,
  maxConcurrency: number | null,
  estimates: ReadonlyMap<string, number | null>,
): Workflow {
  return markChecked({
    ...workflow,
    maxConcurrency,
    inputs: [],
    outputs: [],
    timeoutMs: null,
    nodes: workflow.nodes.map((node) => ({
      ...node,
      type: TYPE,
      params: parseTemplate({ ms: estimates.get(node.id) ?? 0 }, node.pointer),
      when: null,
      retry: null,
      attemptTimeoutMs: null,
    })),
    edges: workflow.edges.map((edge) => ({ ...edge, when: null })),
  });
}

/** `null` where nothing says how long the node takes. */
function estimateOf(node: WorkflowNode): number | null {
  if (node.estimateMs !== null) return node.estimateMs;
  if (node.type !== 'sleep') return null;
  const params: JsonValue = node.params.source;
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return null;
  const ms: unknown = Object.hasOwn(params, 'ms') ? (params as { ms?: unknown }).ms : null;
  return typeof ms === 'number' && ms >= 0 ? ms : null;
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
  const unknown = workflow.nodes.filter((node) => estimates.get(node.id) === null);
  if (unknown.length > 0) {
    assumptions.push(
      `no time for ${names(unknown)}, which ${unknown.length === 1 ? 'has' : 'have'} no \`estimate_ms\``,
    );
  }
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
