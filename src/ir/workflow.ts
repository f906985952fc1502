import type { JsonValue } from './json.js';
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
  /** Explicit edges in order of declaration, then the inferred ones. */
  readonly edges: readonly WorkflowEdge[];
  readonly loops: readonly WorkflowLoop[];
  readonly groups: readonly WorkflowGroup[];
  /** How nodes, groups and loops nest: what the chart looks like. */
  readonly layout: ScopeLayout;
  /** Upper bound on node functions that run at once; 1 for a sequential workflow, `null` for no bound. */
  readonly maxConcurrency: number | null;
  readonly onError: 'fail_fast' | 'fail_safe';
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
  readonly retry: RetryPolicy | null;
  /** Milliseconds that one attempt may take; `null` for no bound. */
  readonly attemptTimeoutMs: number | null;
  /** `continue`: a failure counts as done, and what follows sees the record of it. */
  readonly onError: 'fail' | 'continue';
  /** Milliseconds that one attempt is expected to take; for `simulate` only. `null` where none was declared. */
  readonly estimateMs: number | null;
  /** Where the node stands in the author's document; the other pointers say where its parts do, or would. */
  readonly pointer: string;
  readonly paramsPointer: string;
  readonly whenPointer: string;
  readonly timeoutPointer: string;
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
}

export interface WorkflowEdge {
  readonly from: string;
  readonly to: string;
  /** Taken when `from` ends with this action; `null` (a dependency) when it succeeds with any. */
  readonly action: string | null;
  readonly when: Condition | null;
  /** Why it is there: written as an edge, written as `depends_on` (or a dialect's word for it), or found in a template. */
  readonly origin: 'edge' | 'depends_on' | 'template';
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
