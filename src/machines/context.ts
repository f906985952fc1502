import type { Failure } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { onceFor } from '../ir/once-for.js';
import type { Outcome } from './outcome.js';
import { nth, PageEditor, type Pages, toPages } from './pages.js';
import { plain } from './plain.js';
import type { EdgePlan, LoopPlan, NodePlan, Topology } from './topology.js';

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
  /** What the names of its nodes begin with: the workflow's id, or the name of the node that runs it. */
  readonly name: string;
  /** The workflow's inputs, checked, defaults filled in. */
  readonly inputs: JsonObject;
  /** Seeds the jitter of backoffs, so that the chart itself stays free of chance. */
  readonly seed: number;
  /** By node. */
  readonly outcomes: Pages<Outcome | null>;
  /** By node: the attempts at it; `null` before the first. */
  readonly attempts: Pages<Attempts | null>;
  /** By edge. */
  readonly edges: Pages<EdgeState | null>;
  /** By unit: edges still undecided in this scope. */
  readonly undecided: Pages<number>;
  /** By loop: the number of the iteration that is under way, from 1; 0 before the first. */
  readonly iterations: readonly number[];
  /** The first failure that no policy handled. */
  readonly failure: Failure | null;
  readonly abort: Abort | null;
  /** What was told to stop while the rest goes on: groups that have failed, and what is behind joins that did without it. */
  readonly stopped: { readonly groups: readonly number[]; readonly joins: readonly number[] };
  /** What is to be undone if the run fails, in the order in which it succeeded; of a loop, in the order of its iterations' ends. */
  readonly undo: readonly Undo[];
  /** What was written to the shared state, in the order in which it happened to be written. */
  readonly writes: readonly StateWrite[];
}

/** What one execution of a node has written to the shared state. */
export interface StateWrite {
  readonly node: number;
  /** The iterations of the loops around it, outermost first. */
  readonly iterations: readonly number[];
  readonly values: readonly (readonly [key: string, value: JsonValue])[];
}

/** How many attempts have begun, and when the first and the last of them did, in milliseconds from the run's start. */
export interface Attempts {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export const Attempts = plain<Attempts, [count: number, first: number, last: number]>(
  function (count, first, last) {
    this.count = count;
    this.first = first;
    this.last = last;
  },
);

/** One success of a node that has a `compensate`. */
export interface Undo {
  readonly node: number;
  /** Its hierarchical name. */
  readonly name: string;
  /** The iterations of the loops around it, outermost first. */
  readonly iterations: readonly number[];
  readonly outcome: Outcome;
}

/** What the top machine is started with. */
export interface WorkflowMachineInput {
  /** For a sub-workflow: the name of the node that runs it. */
  readonly name?: string;
  readonly inputs: JsonObject;
  readonly seed: number;
}

const NO_LOOPS: readonly number[] = [];
const NOTHING_STOPPED = { groups: [], joins: [] };

export function initialContext(
  topology: Topology,
  input: Partial<WorkflowMachineInput> | undefined,
): ScopeContext {
  return {
    ...blankContext(topology),
    name: input?.name ?? topology.workflow.id,
    inputs: input?.inputs ?? {},
    seed: input?.seed ?? 0,
  };
}

/** How every run of a workflow begins, but for what it is given. */
const blankContext = onceFor(
  (topology: Topology): ScopeContext => ({
    name: '',
    inputs: {},
    seed: 0,
    outcomes: toPages(topology.nodes.map(() => null)),
    attempts: toPages(topology.nodes.map(() => null)),
    edges: toPages(topology.workflow.edges.map(() => null)),
    undecided: toPages(topology.awaited),
    iterations: topology.loops.map(() => 0),
    failure: null,
    abort: null,
    stopped: NOTHING_STOPPED,
    undo: [],
    writes: [],
  }),
);

/** A context with some of it changed. Key by key, as that takes far less time than spreading an object of this size. */
export function changed(context: ScopeContext, changes: Partial<ScopeContext>): ScopeContext {
  return new ChangedContext(context, changes);
}

const ChangedContext = plain<ScopeContext, [context: ScopeContext, changes: Partial<ScopeContext>]>(
  function (context, changes) {
    this.name = changes.name ?? context.name;
    this.inputs = changes.inputs ?? context.inputs;
    this.seed = changes.seed ?? context.seed;
    this.outcomes = changes.outcomes ?? context.outcomes;
    this.attempts = changes.attempts ?? context.attempts;
    this.edges = changes.edges ?? context.edges;
    this.undecided = changes.undecided ?? context.undecided;
    this.iterations = changes.iterations ?? context.iterations;
    this.failure = changes.failure === undefined ? context.failure : changes.failure;
    this.abort = changes.abort === undefined ? context.abort : changes.abort;
    this.stopped = changes.stopped ?? context.stopped;
    this.undo = changes.undo ?? context.undo;
    this.writes = changes.writes ?? context.writes;
  },
);

/**
 * The context in which a loop's body runs once: the body's counters and inner loops are fresh, so that its edges are decided anew;
 * everything else, the outcomes of the iteration before included, is as it stands outside.
 */
export function iterationContext(topology: Topology, loop: LoopPlan, around: ScopeContext): ScopeContext {
  const attempts = new PageEditor(around.attempts);
  const undecided = new PageEditor(around.undecided);
  const iterations = [...around.iterations];
  for (const node of loop.body) {
    attempts.set(node, null);
    undecided.set(node, topology.awaited[node] ?? 0);
  }
  for (const inner of loop.inner) {
    const unit = topology.nodes.length + inner;
    undecided.set(unit, topology.awaited[unit] ?? 0);
    iterations[inner] = 0;
  }
  return {
    ...around,
    attempts: attempts.list,
    undecided: undecided.list,
    iterations,
    failure: null,
    abort: null,
    stopped: NOTHING_STOPPED,
    undo: [],
  };
}

/** Whether an edge closes a loop that has had all of its iterations. */
export function isExhausted(context: ScopeContext, { edge }: EdgePlan): boolean {
  const { closes, maxIterations } = edge;
  return closes !== null && (context.iterations[closes] ?? 0) >= (maxIterations ?? 0);
}

/** How many attempts at a node have begun. */
export const attemptsAt = (context: ScopeContext, node: number): number =>
  nth(context.attempts, node)?.count ?? 0;

/** The iterations of the loops around a node, outermost first. */
export function iterationsAround(
  topology: Topology,
  context: ScopeContext,
  plan: NodePlan,
): readonly number[] {
  if (plan.loop === null) return NO_LOOPS;
  const around: number[] = [];
  for (
    let loop: number | null = plan.loop;
    loop !== null;
    loop = topology.workflow.loops[loop]?.parent ?? null
  ) {
    around.unshift(context.iterations[loop] ?? 0);
  }
  return around;
}
