import type { JsonValue } from '../ir/json.js';
import type { Clock } from './clock.js';
import { readable } from './thrown.js';

/** How an attempt ended for its call; the function may go on. */
export type CallEnding =
  | { readonly kind: 'returned'; readonly output: JsonValue }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed_out' | 'stopped' };

/** Waits for a function, its timeout, or the end of its call, whatever comes first. */
export function firstEnding(
  work: Promise<JsonValue>,
  controller: AbortController,
  clock: Clock,
  timeoutMs: number | null,
): Promise<CallEnding> {
  return new Promise((resolve) => {
    let kind: 'timed_out' | 'stopped' = 'stopped';
    const timeOut = (): void => {
      kind = 'timed_out';
      controller.abort(new DOMException('The call took too long.', 'TimeoutError'));
    };
    const timer = timeoutMs === null ? null : clock.setTimeout(timeOut, timeoutMs);
    const end = (ending: CallEnding): void => {
      if (timer !== null) clock.clearTimeout(timer);
      resolve(ending);
    };
    controller.signal.addEventListener('abort', () => end({ kind }), { once: true });
    work.then(
      (output) => end({ kind: 'returned', output }),
      (error) => end({ kind: 'threw', error: readable(error) }),
    );
  });
}
