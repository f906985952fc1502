/** What an author writes, as far as the arbitraries make use of it: the core graph form of the IR. */
export interface AuthorIr {
  readonly ir_version: '0.1.0' | '0.2.0';
  readonly id: string;
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly execution_mode?: 'sequential' | 'parallel';
  readonly max_concurrency?: number;
  readonly nodes: readonly AuthorNode[];
  readonly edges: readonly AuthorEdge[];
}

export interface AuthorNode {
  readonly id: string;
  readonly type: string;
  readonly params?: { readonly [name: string]: number };
  readonly depends_on?: readonly string[];
  readonly when?: string;
  readonly on_error?: 'continue';
  readonly retry?: {
    readonly max_attempts: number;
    readonly initial_ms: number;
    readonly backoff: number;
    readonly max_delay_ms: number;
  };
  readonly timeout?: { readonly attempt_ms: number };
}

export interface AuthorEdge {
  readonly from: string;
  readonly to: string;
  readonly action?: string;
  readonly when?: string;
  readonly max_iterations?: number;
  readonly parallel_group?: string;
}
