import type { AnyActorRef, AnyActorScope, AnyEventObject } from 'xstate';
import { type ActorSystem, type BuiltinAction, errorActorEvent } from './xstate-internals.js';

/** `sendTo` without a delay. */
interface PlainSend extends BuiltinAction {
  readonly to: unknown;
  readonly event: unknown;
}

export const isPlainSend = (action: BuiltinAction): action is PlainSend =>
  action.type === 'xstate.sendTo' && (action as { readonly delay?: unknown }).delay === undefined;

interface ActorsByName {
  actorNamed(id: string): AnyActorRef | undefined;
}

/** Does at once what XState's `sendTo` does in two parts, for which it makes several objects. */
export function sendPlainly(
  action: PlainSend,
  scope: AnyActorScope,
  machine: string,
  children: ActorsByName,
  info: object,
  params: unknown,
): void {
  const { self } = scope;
  const system = scope.system as ActorSystem;
  const event: AnyEventObject =
    typeof action.event === 'function' ? action.event(info, params) : action.event;
  const named = typeof action.to === 'function' ? action.to(info, params) : action.to;
  const target = typeof named === 'string' ? targetNamed(named, self, machine, children) : (named ?? self);
  const said = event.type === 'xstate.error' ? errorOf(self, event) : event;
  scope.defer(() => system._relay(self, target, said));
}

function targetNamed(name: string, self: AnyActorRef, machine: string, children: ActorsByName): AnyActorRef {
  let found: AnyActorRef | undefined;
  if (name === '#_parent') found = (self as unknown as { readonly _parent?: AnyActorRef })._parent;
  else if (name === '#_internal') found = self;
  else found = children.actorNamed(name.startsWith('#_') ? name.slice(2) : name);
  if (!found) throw new Error(`Unable to send event to actor '${name}' from machine '${machine}'.`);
  return found;
}

const errorOf = ({ id }: AnyActorRef, { data }: AnyEventObject): AnyEventObject => ({
  type: errorActorEvent(id),
  error: data,
  actorId: id,
});
