import type { Failure } from '../ir/errors.js';

/**
 * Whether what `retry_on`, `not_on` and `catch` name is this failure: `*` is any; else its code, or the name or code of
 * anything that caused it. `timeout` is an attempt that took too long.
 */
export function matches(matcher: string, failure: Failure): boolean {
  if (matcher === '*' || matcher === failure.code) return true;
  if (matcher === 'timeout') return failure.code === 'FC5005';
  return (failure.causes ?? []).some(({ name, code }) => name === matcher || code === matcher);
}
