import { isDeepStrictEqual } from 'node:util';
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  isMachineSnapshot,
} from 'xstate';
import { type NotingScope, notingScope } from './scope.js';

/** One of the two machines that are compared, and where it is. */
export interface Side {
  readonly machine: AnyStateMachine;
  readonly noting: NotingScope;
  readonly isWatched: boolean;
  snapshot: AnyMachineSnapshot;
}

export function begun(machine: AnyStateMachine, input: unknown, isWatched: boolean): Side {
  const noting = notingScope(isWatched);
  return {
    machine,
    noting,
    isWatched,
    snapshot: machine.getInitialSnapshot(noting.scope, input) as AnyMachineSnapshot,
  };
}

/** All that can be seen of a snapshot. */
export function shownOf(snapshot: AnyMachineSnapshot, isWatched: boolean): Record<string, unknown> {
  const { status, output, error, value, context, children } = snapshot;
  return {
    value,
    context,
    status,
    output,
    error: error instanceof Error ? error.message : error,
    children: Object.entries(children).map(([id, child]) => [
      id,
      (child as AnyActorRef).getSnapshot().status,
    ]),
    // Where nobody watches, a fast machine does without XState's state nodes.
    ...(isWatched ? { nodes: snapshot._nodes.map(({ id }) => id).sort(), tags: [...snapshot.tags] } : {}),
    isMachineSnapshot: isMachineSnapshot(snapshot),
  };
}

/** What a side shows, and what it has done to come there since this was last called. */
export const seen = (side: Side) => ({
  noted: side.noting.take(),
  shown: shownOf(side.snapshot, side.isWatched),
});

export const persistedBy = ({ machine, snapshot }: Side) => machine.getPersistedSnapshot(snapshot);

/** @throws Error that says which of the things shown is not the same */
export function expectSame(expected: Record<string, unknown>, actual: Record<string, unknown>): void {
  for (const name of Object.keys(expected)) {
    if (isDeepStrictEqual(expected[name], actual[name])) continue;
    const show = (value: unknown) => JSON.stringify(value, null, 1);
    throw new Error(`${name} differs\n  expected ${show(expected[name])}\n  actual   ${show(actual[name])}`);
  }
}

/** What a function returns, or what it throws. */
export function attempt<T>(
  act: () => T,
): { readonly value: T; readonly thrown: null } | { readonly value: null; readonly thrown: string } {
  try {
    return { value: act(), thrown: null };
  } catch (error) {
    return { value: null, thrown: (error as Error).message };
  }
}

/** Whether a side would take an event. */
export const takes = ({ snapshot }: Side, event: AnyEventObject) => attempt(() => snapshot.can(event));

export const statesIn = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(statesIn),
];
