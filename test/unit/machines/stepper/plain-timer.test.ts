import { describe, expect, it } from 'vitest';
import { type AnyActorRef, cancel, createActor, fromCallback, raise, SimulatedClock } from 'xstate';
import { createFastMachine, isFast } from '../../../../src/machines/stepper/fast-machine.js';
import type { TimedSystem } from '../../../../src/machines/stepper/timers.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

const ring = (delay: number, id?: string) =>
  raise({ type: 'rang', delay, id } as never, id === undefined ? { delay } : { delay, id });

/** What is done one after another, in one step each. */
const STEPS: Record<string, readonly object[]> = {
  'a timer': [ring(10, 'a')],
  'two without a name': [ring(10), ring(20)],
  'one set twice': [ring(10, 'a'), ring(30, 'a')],
  'one cleared in the step that sets it': [ring(10, 'a'), cancel('a')],
  'one set again after it was cleared': [ring(10, 'a'), cancel('a'), ring(20, 'a')],
  'one cleared that was never set': [cancel('b'), ring(10, 'a')],
  'one of no time': [ring(0, 'a')],
  'an event that is made as it is set': [
    raise((({ event }: { event: object }) => ({ type: 'rang', by: event })) as never, { delay: 10, id: 'a' }),
  ],
  'a time that is worked out': [raise({ type: 'rang' } as never, { delay: () => 10, id: 'a' })],
};

/** What rings when, and what is still set, with XState's own steps or the fast ones. */
function rung(actions: readonly object[], isStock: boolean, then: 'wait' | 'clear' | 'stop'): unknown {
  const log: unknown[] = [];
  const clock = new SimulatedClock();
  const fast = createFastMachine({
    initial: 'on',
    states: {
      on: {
        on: {
          go: { actions },
          clear: { actions: cancel('a') },
          rang: { actions: ({ event }: { event: object }) => log.push([clock.now(), event]) },
        },
      },
    },
  });
  expect(isFast(fast)).toBe(true);
  const actor = createActor(isStock ? stockTwin(fast) : fast, { clock, id: 'one' }).start();
  actor.send({ type: 'go' });
  const set = Object.values(actor.system.getSnapshot()._scheduledEvents).map(({ id, delay, event }) => ({
    id: id === 'a' ? id : 'unnamed',
    delay,
    event,
  }));
  clock.increment(5);
  if (then === 'clear') actor.send({ type: 'clear' });
  if (then === 'stop') actor.stop();
  for (let ms = 0; ms < 100; ms++) clock.increment(1);
  return { log, set, left: Object.keys(actor.system.getSnapshot()._scheduledEvents) };
}

describe('a timer that is set or cleared', () => {
  for (const then of ['wait', 'clear', 'stop'] as const) {
    it.each(Object.keys(STEPS))(`does what XState's does (then: ${then}): %s`, (name) => {
      const actions = STEPS[name] ?? [];
      expect(rung(actions, false, then)).toEqual(rung(actions, true, then));
    });
  }

  it('rings at its time, and not once it was cleared', () => {
    expect(rung([ring(10, 'a')], false, 'wait')).toMatchObject({ log: [[10, { type: 'rang' }]], left: [] });
    expect(rung([ring(10, 'a')], false, 'clear')).toMatchObject({ log: [], left: [] });
  });
});

describe('the timers of several actors', () => {
  const pending = (isStock: boolean): readonly unknown[] => {
    const fast = createFastMachine(
      { initial: 'on', states: { on: { invoke: { id: 'kid', src: 'kid' } } } },
      { actors: { kid: fromCallback(() => {}) } },
    );
    expect(isFast(fast)).toBe(true);
    const actor = createActor(isStock ? stockTwin(fast) : fast, { clock: new SimulatedClock() }).start();
    const { scheduler } = actor.system as unknown as TimedSystem;
    const kid = actor.getSnapshot().children.kid as AnyActorRef;
    const set = (source: AnyActorRef, id: string) => scheduler.schedule(source, source, { type: id }, 10, id);
    set(actor, 'first');
    set(kid, 'second');
    scheduler.cancel(actor, 'first');
    set(actor, 'third');
    return Object.values(actor.system.getSnapshot()._scheduledEvents).map(({ id }) => id);
  };

  it('stand in the order in which XState has them', () => {
    expect(pending(false)).toEqual(['second', 'third']);
    expect(pending(false)).toEqual(pending(true));
  });
});
