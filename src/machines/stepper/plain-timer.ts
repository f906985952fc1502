import type { AnyActorScope, AnyEventObject } from 'xstate';

/** `raise` of an event with a delay in milliseconds, or `cancel` of that: what XState does in two parts, for which it makes several objects. */
export interface PlainTimer {
  readonly id: string | undefined;
  /** `null` for a `cancel`. */
  readonly delay: number | null;
  /** `null` for a `cancel`. */
  readonly event: AnyEventObject | null;
}

/** What an action does with a timer; `null` where it does something else, or that depends on what it is given. */
export function plainTimer(action: unknown): PlainTimer | null {
  if (typeof action !== 'function') return null;
  const { type, id, delay, event, sendId } = action as unknown as { readonly [field: string]: unknown };
  if (type === 'xstate.cancel' && typeof sendId === 'string') return { id: sendId, delay: null, event: null };
  if (type !== 'xstate.raise' || typeof delay !== 'number') return null;
  if (typeof event !== 'object' || event === null) return null;
  if (id !== undefined && typeof id !== 'string') return null;
  return { id, delay, event: event as AnyEventObject };
}

/** Sets or clears a timer once the present step is taken, as XState does. */
export function setOrClear(scope: AnyActorScope, { id, delay, event }: PlainTimer): void {
  const { self, system } = scope;
  if (event !== null && delay !== null) {
    scope.defer(() => system.scheduler.schedule(self, self, event, delay, id));
  } else if (id !== undefined) {
    scope.defer(() => system.scheduler.cancel(self, id));
  }
}
