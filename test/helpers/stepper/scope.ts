import { type AnyActorScope, createActor, fromTransition } from 'xstate';

/** An action that a step would have executed, as far as it can be compared. */
export interface Executed {
  readonly type: string;
  readonly params: unknown;
  readonly event: unknown;
}

/** What a machine is stepped in without an actor that runs: nothing is executed, all of it is noted. */
export interface NotingScope {
  readonly scope: AnyActorScope;
  /** What was noted since this was last called. */
  take(): { readonly executed: readonly Executed[]; readonly microsteps: readonly unknown[] };
}

export function notingScope(): NotingScope {
  let executed: Executed[] = [];
  let microsteps: unknown[] = [];
  // Who steps is the parent of what is invoked, and nothing else.
  const self = createActor(
    fromTransition(() => null, null),
    {
      inspect: (event) => {
        if (event.type !== '@xstate.microstep') return;
        const { snapshot, _transitions } = event as typeof event & { readonly snapshot: object };
        const { value, status } = snapshot as unknown as { value: unknown; status: unknown };
        const transitions = _transitions.map(({ source, eventType, target }) => [
          source.id,
          eventType,
          target?.map(({ id }: { id: string }) => id),
        ]);
        microsteps.push({ on: event.event.type, value, status, transitions });
      },
    },
  );
  const scope = {
    self,
    id: self.id,
    sessionId: self.sessionId,
    system: self.system,
    defer: () => {},
    logger: () => {},
    stopChild: () => {},
    emit: () => {},
    actionExecutor: ({ type, params, info }: { type: string; params: unknown; info: { event: unknown } }) => {
      executed.push({ type, params: withoutActors(params), event: info.event });
    },
  } as unknown as AnyActorScope;
  return {
    scope,
    take() {
      const noted = { executed, microsteps };
      executed = [];
      microsteps = [];
      return noted;
    },
  };
}

/** Parameters in which each actor is its id. */
function withoutActors(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params;
  if ('sessionId' in params && 'id' in params) return `actor ${params.id}`;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      name === 'actorRef' || name === 'to' ? withoutActors(value) : value,
    ]),
  );
}
