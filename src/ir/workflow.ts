import type { JsonObject, JsonValue } from './json.js';
import type { Aggregate } from './template/aggregate.js';
import type { Condition } from './template/condition.js';
import type { Template } from './template/template.js';

/**
 * A checked workflow: what `src/ir` makes of a text in any dialect, and all that the compiler reads. Everything in it is
 * resolved (ids exist, defaults are filled in, loops and groups are found) and frozen in meaning: same hash, same chart.
 */
export interface Workflow {
  readonly irVersion: '0.1.0' | '0.2.0';
  readonly id: string;
  readonly description: string | null;
  /** SHA-256 of the canonical core IR, as `sha256:<hex>`. */
  readonly hash: string;
  readonly inputs: readonly WorkflowInput[];
  readonly outputs: readonly WorkflowOutput[];
  /** In order of declaration, which is the order of everything that is shown or returned (P4). */
  readonly nodes: readonly WorkflowNode[];
  /** Those written as edges, in order of declaration, then catches, `depends_on` and what was found in templates. */
  readonly edges: readonly WorkflowEdge[];
  readonly loops: readonly WorkflowLoop[];
  readonly groups: readonly WorkflowGroup[];
  /** How nodes, groups and loops nest: what the chart looks like. */
  readonly layout: ScopeLayout;
  /** Upper bound on node functions that run at once; 1 for a sequential workflow, `null` for no bound. */
  readonly maxConcurrency: number | null;
  /** `longest_path`: of the nodes that wait for a place, the one with most left to do behind it goes first. */
  readonly scheduling: 'in_order' | 'longest_path';
  /** What an unhandled failure does to the rest; `continue` was passed on to the nodes. */
  readonly onError: 'fail_fast' | 'fail_safe';
  readonly resources: readonly WorkflowResource[];
  /** The keys that nodes share, in order of declaration. */
  readonly state: readonly StateKey[];
  /** Milliseconds that the whole run may take; `null` for no bound. */
  readonly timeoutMs: number | null;
  /** Where `timeoutMs` stands in the author's document, or would stand. */
  readonly timeoutPointer: string;
  /** Where the inputs are declared in the author's document, or would be. */
  readonly inputsPointer: string;
}

export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'any';

export interface WorkflowInput {
  readonly name: string;
  readonly description: string | null;
  readonly type: ValueType;
  readonly required: boolean;
  /** Absent when there is no default. */
  readonly default?: JsonValue;
}

export interface WorkflowOutput {
  readonly name: string;
  readonly description: string | null;
  readonly source: Template;
  readonly pointer: string;
}

export interface WorkflowNode {
  readonly id: string;
  readonly type: string;
  readonly purpose: string | null;
  /** The `params` object, its templates parsed but not filled in. */
  readonly params: Template;
  readonly when: Condition | null;
  readonly join: JoinPolicy;
  /** For a node with a `batch`, how each item is tried again. */
  readonly retry: RetryPolicy | null;
  /** Milliseconds that one attempt (of a batch: at one item) may take; `null` for no bound. */
  readonly attemptTimeoutMs: number | null;
  /** Milliseconds from the first attempt's start until the node has to be over, waits included; `null` for no bound. */
  readonly totalTimeoutMs: number | null;
  /** `continue`: a failure counts as done. Otherwise what an unhandled failure does; `null`: what is around the node says. */
  readonly onError: 'fail_fast' | 'fail_safe' | 'continue' | null;
  /** The output when all attempts have failed; `null` where there is none. */
  readonly fallback: { readonly value: JsonValue } | null;
  readonly batch: BatchPolicy | null;
  /** A batch that passes its results on one by one, to the batches at the ends of its `streams` edges. */
  readonly stream: boolean;
  readonly uses: readonly ResourceUse[];
  /** The higher goes first where several wait for the same; 0 by default. */
  readonly priority: number;
  /**
   * Keys of the state that its function, its parameters, its condition or those of the edges that leave it look at, and those
   * that its result is written to.
   */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly compensate: Compensation | null;
  /** For the type `workflow` with `inline`: what it runs. */
  readonly inline: Workflow | null;
  /** Milliseconds that one attempt is expected to take; for `simulate` only. `null` where none was declared. */
  readonly estimateMs: number | null;
  /** Where the node stands in the author's document; the other pointers say where its parts do, or would. */
  readonly pointer: string;
  readonly paramsPointer: string;
  readonly whenPointer: string;
  readonly timeoutPointer: string;
}

export interface JoinPolicy {
  readonly policy: 'all_success' | 'all_done' | 'one_success' | 'none_failed' | 'quorum';
  /** How many edges have to be taken: 1 for `one_success`, `count` for `quorum`, else 0. */
  readonly count: number;
  /** Once it is satisfied, whatever runs for nothing but this join is cancelled. */
  readonly cancelRest: boolean;
  readonly pointer: string;
}

/** What each item of a batch goes through; retries and the timeout of an attempt are the node's. */
export interface BatchPolicy {
  /**
   * What it works through. `auto`: the one parameter that is a list when it is filled in; where none is, the node runs
   * once if `optional`, else it fails.
   */
  readonly items:
    | { readonly kind: 'template'; readonly template: Template }
    | { readonly kind: 'auto'; readonly optional: boolean };
  /** The name of the item in templates. */
  readonly as: string;
  /** Items under way at once; 1 where they follow one another. */
  readonly maxConcurrent: number;
  /** The item is a list of at most so many; `null` for one at a time. */
  readonly size: number | null;
  readonly errorHandling: 'fail_fast' | 'fail_safe' | 'continue';
  readonly tolerate: Tolerance | null;
  /** Milliseconds from an item's first attempt until it has to be over, waits included; `null` for no bound. */
  readonly itemTimeoutMs: number | null;
  /** What becomes of the results: `null` keeps them all, `none` none, an aggregate one value of them. */
  readonly reduce: 'none' | Aggregate | null;
  readonly pointer: string;
}

/** So many failures still count as success; where both are given, both hold. */
export interface Tolerance {
  readonly count: number | null;
  /** 0 to 100. */
  readonly percent: number | null;
}

/** Something that only so many may use at once, in all runs of a runner together. */
export interface WorkflowResource {
  readonly name: string;
  /** Holders at once; `null` for no bound. */
  readonly concurrency: number | null;
  /** Sum of their amounts; `auto`: as much as the machine has. */
  readonly capacity: number | 'auto' | null;
  /** Amounts whose use may begin in any span of `perMs`. */
  readonly rate: { readonly limit: number; readonly perMs: number } | null;
  readonly pointer: string;
}

export interface ResourceUse {
  readonly resource: string;
  readonly amount: number;
}

export interface StateKey {
  readonly name: string;
  readonly reducer: Reducer;
  /** JSON Schema of the value; `null` for any. */
  readonly schema: JsonObject | null;
  readonly default: JsonValue;
  readonly pointer: string;
}

/** How a write and the value before it make the value after it. */
export type Reducer = 'replace' | 'append' | 'concat' | 'sum' | 'min' | 'max' | 'merge' | 'deep' | 'unique';

/** What undoes a node's work when the run fails after it. */
export interface Compensation {
  readonly type: string;
  readonly params: Template;
  readonly pointer: string;
}

export interface RetryPolicy {
  /** All attempts, the first included; at least 1. */
  readonly maxAttempts: number;
  readonly initialMs: number;
  /** Each wait is the one before times this. */
  readonly factor: number;
  readonly maxDelayMs: number;
  /** `full`: a random wait between 0 and the computed one. */
  readonly jitter: 'none' | 'full';
  /** No attempt begins later than so many milliseconds after the first; `null` for no bound. */
  readonly maxElapsedMs: number | null;
  /** Only failures that one of these matches are tried again; `null` for all. */
  readonly retryOn: readonly string[] | null;
  readonly notOn: readonly string[];
}

export interface WorkflowEdge {
  readonly from: string;
  readonly to: string;
  /** Taken when `from` ends with this action; `null` (a dependency) when it succeeds with any. */
  readonly action: string | null;
  readonly when: Condition | null;
  /**
   * Why it is there: written as an edge, as `depends_on` (or a dialect's word for it) or as a `catch`, or found in a template.
   */
  readonly origin: 'edge' | 'depends_on' | 'catch' | 'template';
  /** For a `catch`: which failures take it, and the name by which `to` sees the failure; else `null`. */
  readonly catches: { readonly match: string; readonly as: string | null } | null;
  /** `to` works on the results of `from` while they come in: it starts when `from` does. */
  readonly streams: boolean;
  /** Index into `loops` of the loop that this edge closes; `null` for a forward edge. */
  readonly closes: number | null;
  /** On a closing edge, how many times the loop's body may run, the first time included; else `null`. */
  readonly maxIterations: number | null;
  readonly pointer: string;
  /** Where its `when` stands, or would; `pointer` where the edge was not written as one, as it has none. */
  readonly whenPointer: string;
}

/** A natural loop: `header` and everything that can get back to it. Entered at the header only. */
export interface WorkflowLoop {
  readonly id: string;
  readonly header: string;
  /** Every node in it, those of inner loops included, in order of declaration. */
  readonly body: readonly string[];
  /** Index of the loop directly around it; `null` at the top. */
  readonly parent: number | null;
}

/** Nodes that fork together. Member i and all that it alone leads to is branch i. */
export interface WorkflowGroup {
  readonly id: string;
  readonly description: string | null;
  /** The node whose fork edges name the members; `null` where they are named otherwise. */
  readonly fork: string | null;
  /** What the failure of a branch does to the others; `null`: what is around the group says. */
  readonly onError: 'fail_fast' | 'fail_safe' | 'continue' | null;
  /** How many branches may fail before the failure is the group's. */
  readonly tolerate: Tolerance | null;
  /** Under `fail_fast`: whether what runs is told to stop, or may end its attempt. */
  readonly cancel: 'abort' | 'drain';
  /** Node functions of the group that run at once; `null` for no bound. */
  readonly maxConcurrency: number | null;
  readonly branches: readonly { readonly member: string; readonly nodes: readonly string[] }[];
  readonly pointer: string;
}

/** One level of the chart: the top, or the body of one loop. */
export interface ScopeLayout {
  readonly loop: number | null;
  readonly regions: readonly RegionLayout[];
}

export type RegionLayout =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'loop'; readonly loop: number; readonly body: ScopeLayout }
  | { readonly kind: 'group'; readonly group: number; readonly branches: readonly BranchLayout[] };

/** What stands side by side inside one branch of a group. */
export interface BranchLayout {
  readonly member: string;
  readonly regions: readonly RegionLayout[];
}
