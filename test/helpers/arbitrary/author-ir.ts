/** What an author writes, as far as the arbitraries make use of it: the core graph form of the IR. */
export interface AuthorIr {
  readonly ir_version: '0.1.0' | '0.2.0';
  readonly id: string;
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly execution_mode?: 'sequential' | 'parallel';
  readonly max_concurrency?: number;
  readonly parallel_groups?: { readonly [id: string]: AuthorGroup };
  readonly resources?: {
    readonly [name: string]: { readonly capacity?: number; readonly concurrency?: number };
  };
  readonly nodes: readonly AuthorNode[];
  readonly edges: readonly AuthorEdge[];
}

export interface AuthorNode {
  readonly id: string;
  readonly type: string;
  readonly params?: { readonly [name: string]: number };
  readonly depends_on?: readonly string[];
  readonly when?: string;
  readonly join?: AuthorJoin;
  readonly on_error?: 'continue' | 'fail_fast' | 'fail_safe';
  readonly catch?: readonly { readonly match: string; readonly goto: string }[];
  readonly fallback?: unknown;
  readonly retry?: {
    readonly max_attempts: number;
    readonly initial_ms: number;
    readonly backoff: number;
    readonly max_delay_ms: number;
    readonly max_elapsed_ms?: number;
    readonly retry_on?: readonly string[];
    readonly not_on?: readonly string[];
  };
  readonly timeout?: { readonly attempt_ms?: number; readonly total_ms?: number };
  readonly uses?: { readonly [resource: string]: number };
  readonly priority?: number;
  readonly estimate_ms?: number;
  readonly compensate?: { readonly type: string; readonly params: { readonly undo: true } };
}

export interface AuthorJoin {
  readonly policy: 'all_success' | 'none_failed' | 'all_done' | 'one_success' | 'quorum';
  readonly count?: number;
  readonly cancel_rest?: boolean;
}

export interface AuthorEdge {
  readonly from: string;
  readonly to: string;
  readonly action?: string;
  readonly when?: string;
  readonly max_iterations?: number;
  readonly parallel_group?: string;
}

export interface AuthorGroup {
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly tolerate?: { readonly count?: number; readonly percent?: number };
  readonly cancel?: 'drain';
  readonly max_concurrency?: number;
}
