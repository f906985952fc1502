import { type AnyActorScope, createActor, fromTransition } from 'xstate';

/** An action that a step would have executed, as far as it can be compared. */
export interface Executed {
  readonly type: string;
  readonly params: unknown;
  readonly event: unknown;
  readonly context: unknown;
}

/** What a machine is stepped in without an actor that runs: nothing is executed, all of it is noted. */
export interface NotingScope {
  readonly scope: AnyActorScope;
  /** What was noted since this was last called. */
  take(): { readonly executed: readonly Executed[]; readonly microsteps: readonly unknown[] };
}

/** @param isWatched whether an inspector sees the microsteps; true if left out */
export function notingScope(isWatched = true): NotingScope {
  let executed: Executed[] = [];
  let microsteps: unknown[] = [];
  const inspect = (event: { readonly type: string }): void => {
    if (event.type === '@xstate.microstep') microsteps.push(describeMicrostep(event as never));
  };
  // Who steps is the parent of what is invoked, and nothing else.
  const self = createActor(
    fromTransition(() => null, null),
    isWatched ? { inspect } : {},
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
    actionExecutor: ({ type, params, info }: Action) => {
      if (info.self !== self || info.system !== self.system) {
        throw new Error(`Action ${type} is executed for another actor.`);
      }
      executed.push({ type, params: withoutActors(params), event: info.event, context: info.context });
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

interface Action {
  readonly type: string;
  readonly params: unknown;
  readonly info: {
    readonly event: unknown;
    readonly context: unknown;
    readonly self: unknown;
    readonly system: unknown;
  };
}

interface Microstep {
  readonly event: { readonly type: string };
  readonly snapshot: { readonly value: unknown; readonly status: string };
  readonly _transitions: readonly {
    readonly source: { readonly id: string };
    readonly eventType: string;
    readonly target?: readonly { readonly id: string }[];
  }[];
}

function describeMicrostep({ event, snapshot, _transitions }: Microstep) {
  const transitions = _transitions.map(({ source, eventType, target }) => [
    source.id,
    eventType,
    target?.map(({ id }) => id),
  ]);
  const { value, status } = snapshot;
  return { on: event.type, value, status, transitions };
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
