import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createActor, fromCallback, sendTo, spawnChild } from 'xstate';
import { createFastMachine, isFast } from '../../../../src/machines/stepper/fast-machine.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

/** What an actor that nobody watches is sent, and how it ends, with XState's own steps or the fast ones. */
function told(sends: Record<string, object>, types: readonly string[], isStock: boolean): readonly unknown[] {
  const log: unknown[] = [];
  const helper = fromCallback(({ receive }) => receive((event) => log.push(['helper', event])));
  const note = ({ event }: { event: object }) => {
    log.push(['child', event]);
  };
  const child = createFastMachine(
    {
      initial: 'on',
      states: {
        on: {
          invoke: { id: 'invoked', src: 'helper' },
          entry: spawnChild('helper', { id: 'spawned' }),
          on: {
            ...Object.fromEntries(Object.keys(sends).map((name) => [name, { actions: name }])),
            heard: { actions: note },
          },
        },
      },
    },
    { actors: { helper }, actions: sends },
  );
  expect(isFast(child)).toBe(true);
  const logic: AnyStateMachine = isStock ? stockTwin(child) : child;
  const parent = fromCallback<{ type: string }>(({ receive, self }) => {
    const actor = createActor(logic, { id: 'child', parent: self as never });
    actor.subscribe({ error: (error) => log.push(['error', (error as Error).message]) });
    actor.start();
    receive((event) => {
      if (types.includes(event.type)) actor.send(event);
      else log.push(['parent', event]);
    });
  });
  const outer = createActor(parent).start();
  for (const type of types) outer.send({ type });
  return log;
}

const say = (more: object = {}) => ({ type: 'heard', ...more });
const SENDS: Record<string, object> = {
  up: sendTo('#_parent', say()),
  inside: sendTo('#_internal', say()),
  scxml: sendTo('#_invoked', say()),
  invoked: sendTo('invoked', ({ event }) => say({ by: event.type })),
  spawned: sendTo((() => 'spawned') as never, say() as never),
  reference: sendTo((({ self }: { self: unknown }) => self) as never, say() as never),
  failure: sendTo('#_parent', { type: 'xstate.error', data: 'broken' } as never),
  nobody: sendTo('nobody', say()),
};

describe('what is sent at once', () => {
  it.each(Object.keys(SENDS))('arrives as XState sends it: %s', (name) => {
    const fast = told(SENDS, [name], false);
    expect(fast.length).toBeGreaterThan(0);
    expect(fast).toEqual(told(SENDS, [name], true));
  });

  it('arrives in the order in which it was sent', () => {
    const types = ['spawned', 'up', 'inside', 'invoked', 'reference'];
    const fast = told(SENDS, types, false);
    expect(fast).toHaveLength(types.length);
    expect(fast).toEqual(told(SENDS, types, true));
  });
});
