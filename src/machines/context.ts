import type { Failure } from '../ir/errors.js';
import type { JsonObject } from '../ir/json.js';
import type { Outcome } from './outcome.js';
import type { LoopPlan, Topology } from './topology.js';

/** What an edge has become; `null` while it is undecided. `failed` and `broken` are described in docs/semantics.md. */
export type EdgeState =
  | { readonly kind: 'taken' | 'dead' }
  | { readonly kind: 'failed'; readonly node: string }
  | { readonly kind: 'broken'; readonly failure: Failure };

/** Why everything that is still open was told to stop. */
export type Abort =
  | { readonly kind: 'failure' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancel'; readonly reason: string };

/**
 * The context of a scope's machine: the top, or one iteration of a loop. Plain JSON in arrays by index, so that no name
 * of a user's ever becomes a key; never changed in place, so that a snapshot stays what it was.
 */
export interface ScopeContext {
  /** The workflow's inputs, checked, defaults filled in. */
  readonly inputs: JsonObject;
  /** Seeds the jitter of backoffs, so that the chart itself stays free of chance. */
  readonly seed: number;
  /** By node. */
  readonly outcomes: readonly (Outcome | null)[];
  /** By node: attempts begun. */
  readonly attempts: readonly number[];
  /** By edge. */
  readonly edges: readonly (EdgeState | null)[];
  /** By unit: edges still undecided in this scope. */
  readonly undecided: readonly number[];
  /** By loop: the number of the iteration that is under way, from 1; 0 before the first. */
  readonly iterations: readonly number[];
  /** The first failure that no policy handled. */
  readonly failure: Failure | null;
  readonly abort: Abort | null;
}

/** What the top machine is started with. */
export interface WorkflowMachineInput {
  readonly inputs: JsonObject;
  readonly seed: number;
}

export function initialContext(
  topology: Topology,
  input: Partial<WorkflowMachineInput> | undefined,
): ScopeContext {
  return {
    inputs: input?.inputs ?? {},
    seed: input?.seed ?? 0,
    outcomes: topology.nodes.map(() => null),
    attempts: topology.nodes.map(() => 0),
    edges: topology.workflow.edges.map(() => null),
    undecided: topology.awaited,
    iterations: topology.loops.map(() => 0),
    failure: null,
    abort: null,
  };
}

/**
 * The context in which a loop's body runs once: the body's counters and inner loops are fresh, so that its edges are decided anew; everything else,
 * the outcomes of the iteration before included, is as it stands outside.
 */
export function iterationContext(topology: Topology, loop: LoopPlan, around: ScopeContext): ScopeContext {
  const attempts = [...around.attempts];
  const undecided = [...around.undecided];
  const iterations = [...around.iterations];
  for (const node of loop.body) {
    attempts[node] = 0;
    undecided[node] = topology.awaited[node] ?? 0;
  }
  for (const inner of loop.inner) {
    const unit = topology.nodes.length + inner;
    undecided[unit] = topology.awaited[unit] ?? 0;
    iterations[inner] = 0;
  }
  return { ...around, attempts, undecided, iterations, failure: null, abort: null };
}
