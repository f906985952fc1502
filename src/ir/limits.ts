/** Upper bounds on what one workflow may ask for. Every one is checked before anything of that size is allocated. */
export interface Limits {
  /** Bytes of the text, as UTF-8. */
  readonly irBytes: number;
  /** How deep arrays and objects may nest. */
  readonly depth: number;
  readonly nodes: number;
  /** Edges and `depends_on` entries together. */
  readonly edges: number;
  /** UTF-16 code units of one string that holds templates. */
  readonly templateLength: number;
  /** Steps of one reference after its first word: `${a.b[0]}` has two. */
  readonly templateDepth: number;
  /** UTF-16 code units of one `when`. */
  readonly expressionLength: number;
  /** Items of one batch. */
  readonly items: number;
  /** `retry.max_attempts` of one node. */
  readonly attempts: number;
  /** `max_iterations` of one loop. */
  readonly iterations: number;
  /** How many sub-workflows may stand inside one another. */
  readonly subWorkflows: number;
  /** Bytes of one node's result, as JSON. */
  readonly resultBytes: number;
  /** Diagnostics in one answer. */
  readonly diagnostics: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  irBytes: 5 * 1024 * 1024,
  depth: 64,
  nodes: 10_000,
  edges: 50_000,
  templateLength: 100_000,
  templateDepth: 64,
  expressionLength: 10_000,
  items: 1_000_000,
  attempts: 100,
  iterations: 10_000,
  subWorkflows: 16,
  resultBytes: 64 * 1024 * 1024,
  diagnostics: 200,
});
