/** What forkchart's exit codes mean. */
export const EXIT = {
  done: 0,
  /** The workflow failed or was cancelled. */
  failed: 1,
  /** The workflow or its inputs are invalid; diagnostics were printed. */
  invalid: 2,
  /** forkchart was used wrongly, or asked for what this version does not do. */
  usage: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
