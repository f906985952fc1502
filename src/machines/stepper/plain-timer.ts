import type { AnyActorScope, AnyEventObject } from 'xstate';
import type { BuiltinAction } from './xstate-internals.js';

/** `raise` with a delay in milliseconds. */
interface PlainRaise extends BuiltinAction {
  readonly event: unknown;
  readonly delay: number;
  readonly id: string | undefined;
}

/** `cancel` of what has an id that is known. */
interface PlainCancel extends BuiltinAction {
  readonly sendId: string;
}

const isPlainRaise = (action: BuiltinAction): action is PlainRaise =>
  action.type === 'xstate.raise' &&
  typeof (action as Partial<PlainRaise>).delay === 'number' &&
  typeof (action as Partial<PlainRaise>).event !== 'string';

const isPlainCancel = (action: BuiltinAction): action is PlainCancel =>
  action.type === 'xstate.cancel' && typeof (action as Partial<PlainCancel>).sendId === 'string';

/**
 * Does at once what XState's `raise` and `cancel` of delayed events do in two parts, for which they make several objects.
 *
 * @returns false for any other action, with which nothing is done
 */
export function setOrClearPlainly(
  action: BuiltinAction,
  scope: AnyActorScope,
  info: object,
  params: unknown,
): boolean {
  const { self, system } = scope;
  if (isPlainRaise(action)) {
    const { delay, id } = action;
    const event: AnyEventObject =
      typeof action.event === 'function' ? action.event(info, params) : action.event;
    scope.defer(() => system.scheduler.schedule(self, self, event, delay, id));
    return true;
  }
  if (!isPlainCancel(action)) return false;
  const { sendId } = action;
  scope.defer(() => system.scheduler.cancel(self, sendId));
  return true;
}
