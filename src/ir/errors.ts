import type { DiagnosticCode } from './diagnostics/codes.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';

/** A failure as data: what records, events and results carry (an `Error` would not survive JSON). */
export interface Failure {
  readonly code: DiagnosticCode | (string & {});
  readonly message: string;
  /** Id of the node that it is about, `null` for the run as a whole. */
  readonly node: string | null;
  /** The hierarchical name of that node, once it has failed: `report.fetch.branch_1.iteration_0`. */
  readonly name?: string;
  /** JSON pointer into the workflow's document, `null` where there is none. */
  readonly path: string | null;
  /** What to do about it. */
  readonly hint: string;
  /** What was thrown, and what that says caused it, outermost first; absent where forkchart itself says what failed. */
  readonly causes?: readonly FailureCause[];
}

/** One error of a chain of causes, as data. */
export interface FailureCause {
  readonly name: string;
  readonly message: string;
  /** Such as `ECONNREFUSED`, where the error has one. */
  readonly code?: string;
}

/** Marks errors that trying again would only repeat. Registered, so that it means the same in every copy of forkchart and on every thread. */
const TERMINAL = Symbol.for('forkchart.terminal');

/** Whether an error says of itself that trying again is pointless. */
export function isTerminal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && TERMINAL in error && error[TERMINAL] === true;
}

/**
 * Every error that forkchart throws itself: a stable code, what it is about, and what to do instead.
 *
 * @example
 * throw new ForkchartError('FC6005', 'No function `sum` is registered.', { hint: 'Pass it in `functions`.' });
 */
export class ForkchartError extends Error {
  readonly code: DiagnosticCode;
  readonly hint: string;
  readonly path: string | null;
  /** Whether a node that failed with it would fail with it again, so that its retry policy does not matter. */
  readonly terminal: boolean;

  /** @param details `terminal` is `false` by default */
  constructor(
    code: DiagnosticCode,
    message: string,
    details: {
      readonly hint: string;
      readonly path?: string | null;
      readonly cause?: unknown;
      readonly terminal?: boolean;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ForkchartError';
    this.code = code;
    this.hint = details.hint;
    this.path = details.path ?? null;
    this.terminal = details.terminal ?? false;
  }

  /** @internal */
  get [TERMINAL](): boolean {
    return this.terminal;
  }
}

/** The workflow cannot be run: every problem is in `diagnostics`. */
export class InvalidWorkflowError extends ForkchartError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((d) => d.severity === 'error') ?? diagnostics[0];
    const more = diagnostics.filter((d) => d.severity === 'error').length - 1;
    super(
      first?.code ?? 'FC1002',
      `${first?.message ?? 'The workflow is invalid.'}${more > 0 ? ` (and ${more} more)` : ''}`,
      { hint: first?.hint ?? 'Run `forkchart check` on it.', path: first?.path ?? null },
    );
    this.name = 'InvalidWorkflowError';
    this.diagnostics = diagnostics;
  }
}

/** Thrown by a node function to say that trying again is pointless: the node fails at once, whatever its retry policy. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }

  /** @internal */
  get [TERMINAL](): boolean {
    return true;
  }
}
