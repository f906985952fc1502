import { ForkchartError } from '../errors.js';

/**
 * How much work one template or condition may cause, in items visited plus UTF-16 code units written or searched. It keeps
 * a short text that names a big value many times from filling the memory, and a condition from running for seconds.
 */
export const RESOLVE_BUDGET = 10_000_000;

/** What is left of the work that one fill, or one decision, may cause. */
export class Budget {
  #left: number;

  constructor(units: number = RESOLVE_BUDGET) {
    this.#left = units;
  }

  /** @throws {ForkchartError} FC1006 when more is spent than there was. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) {
      throw new ForkchartError(
        'FC1006',
        `Filling in its references takes more than ${RESOLVE_BUDGET} items and characters.`,
        {
          hint: 'Name the part that is needed rather than the whole value, or pass the whole value once, as a parameter of its own.',
        },
      );
    }
  }
}

/**
 * Does work that follows references, within a budget of its own.
 * @throws {ForkchartError} FC1006 when the budget is used up, or a value nests too deeply or is too long to be handled at all.
 */
export function withBudget<T>(work: (budget: Budget) => T): T {
  try {
    return work(new Budget());
  } catch (error) {
    // The engine's own bounds: the depth of the stack and the length of a string.
    if (!(error instanceof RangeError)) throw error;
    throw new ForkchartError('FC1006', 'A value that a reference names nests too deeply or is too long.', {
      hint: 'Let the node return a flatter or shorter value, or name only the part that is needed.',
      cause: error,
    });
  }
}
