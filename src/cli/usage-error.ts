import { ForkchartError } from '../ir/errors.js';

/** forkchart was used wrongly: code FC9001, exit code 3. */
export class UsageError extends ForkchartError {
  constructor(message: string, hint: string, cause?: unknown) {
    super('FC9001', message, cause === undefined ? { hint } : { hint, cause });
    this.name = 'UsageError';
  }
}
