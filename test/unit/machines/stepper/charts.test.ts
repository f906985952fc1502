import { describe, expect, it } from 'vitest';
import {
  type AnyEventObject,
  assign,
  cancel,
  emit,
  fromCallback,
  fromPromise,
  log,
  raise,
  sendTo,
  spawnChild,
} from 'xstate';
import { createFastMachine, isFast } from '../../../../src/machines/stepper/fast-machine.js';
import type { WakeList } from '../../../../src/machines/stepper/step-table.js';
import { Pair } from '../../../helpers/stepper/drive.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

const note = (name: string) => ({ type: 'note', params: { name } });
const noted = (on: object, more: object = {}) => ({ entry: note('in'), exit: note('out'), on, ...more });

/** Steps a chart fast and by XState, and compares the two after each event; a text stands for an event of that type. */
function compare(
  config: object,
  events: readonly (string | AnyEventObject)[],
  { wakes = null, ...implementations }: { wakes?: WakeList | null; [kind: string]: unknown } = {},
): Pair {
  const machine = createFastMachine(config, implementations, wakes);
  expect(isFast(machine)).toBe(true);
  const pair = new Pair(stockTwin(machine), machine);
  for (const event of events) pair.send(typeof event === 'string' ? { type: event } : event);
  return pair;
}

describe('a chart stepped fast does as XState does', () => {
  it('where states inside and around answer one event: the inner ones go first', () => {
    const region = (guard: boolean) => ({
      initial: 'one',
      on: { hit: { actions: note('around') } },
      states: {
        one: noted({ hit: [{ target: 'two', guard: { type: 'is', params: { value: guard } } }] }),
        two: noted({ back: 'one' }),
      },
    });
    const config = {
      initial: 'both',
      states: {
        both: {
          type: 'parallel',
          on: { hit: { actions: note('both') }, leave: 'left' },
          states: { a: region(true), b: region(false), c: { initial: 'x', states: { x: {} } } },
        },
        left: {},
      },
      on: { hit: { actions: note('root') } },
    };
    const guards = { is: (_: unknown, { value }: { value: boolean }) => value };
    compare(config, ['hit', 'hit', 'back', 'hit', 'leave', 'hit'], { guards });
  });

  it('where many states are left and entered at once', () => {
    const inner = (depth: number): object =>
      depth === 0
        ? noted({})
        : {
            type: 'parallel',
            ...noted({}),
            states: Object.fromEntries(
              ['a', 'b'].map((key) => [
                key,
                { ...noted({}), initial: 'x', states: { x: inner(depth - 1), y: noted({}) } },
              ]),
            ),
          };
    const config = {
      initial: 'idle',
      states: { idle: noted({ go: 'busy' }), busy: { ...inner(2), on: { stop: 'idle' } } },
    };
    compare(config, ['go', 'stop', 'go', 'stop']);
  });

  it('where `always` depends on the context, or on the event, with nothing said of what wakes it', () => {
    const config = {
      context: { level: 0, seen: 'nothing' },
      type: 'parallel',
      states: {
        counter: { initial: 'on', states: { on: { on: { up: { actions: 'raiseLevel' } } } } },
        high: {
          initial: 'no',
          states: { no: { always: { target: 'yes', guard: 'isHigh' } }, yes: noted({}) },
        },
        told: {
          initial: 'no',
          states: { no: { always: { target: 'yes', guard: 'isTold' } }, yes: noted({ up: 'no' }) },
        },
      },
    };
    const pair = compare(config, ['up', 'tell', 'up', 'up', 'tell'], {
      actions: {
        raiseLevel: assign(({ context }) => ({ level: (context as { level: number }).level + 1 })),
      },
      guards: {
        isHigh: ({ context }: { context: { level: number } }) => context.level > 2,
        isTold: ({ event }: { event: AnyEventObject }) => event.type === 'tell',
      },
    });
    expect(pair.snapshot.context).toEqual({ level: 3, seen: 'nothing' });
    expect(pair.snapshot.value).toMatchObject({ high: 'yes', told: 'yes' });
  });

  it('where it is said what wakes an `always`, also from a snapshot that is not at rest', () => {
    const config = {
      context: { level: 0 },
      type: 'parallel',
      states: {
        counter: { initial: 'on', states: { on: { on: { up: { actions: 'raiseLevel' }, other: {} } } } },
        high: { initial: 'no', states: { no: { always: { target: 'yes', guard: 'isHigh' } }, yes: {} } },
      },
    };
    const implementations = {
      wakes: new Map([['raiseLevel', () => ['high']]]),
      actions: {
        raiseLevel: assign(({ context }) => ({ level: (context as { level: number }).level + 1 })),
      },
      guards: { isHigh: ({ context }: { context: { level: number } }) => context.level > 1 },
    };
    const pair = compare(config, ['up', 'up'], implementations);
    expect(pair.snapshot.value).toMatchObject({ high: 'yes' });
    const restless = compare(config, [], implementations);
    restless.resolve({ value: { counter: 'on', high: 'no' }, context: { level: 5 } });
    restless.send({ type: 'other' });
    expect(restless.snapshot.value).toMatchObject({ high: 'yes' });
  });

  it('where states are done, with outputs, up to the machine', () => {
    const region = (output: unknown) => ({
      initial: 'open',
      states: {
        open: noted({ close: { target: 'closed' } }),
        closed: { type: 'final', entry: note('closed'), exit: note('never left'), output },
      },
      onDone: { actions: ['note'] },
    });
    const parts = {
      type: 'parallel',
      states: {
        a: region(({ event }: { event: AnyEventObject }) => event.type),
        nested: { type: 'parallel', states: { b: region(1), c: region(undefined) } },
      },
    };
    const output = ({ event }: { event: AnyEventObject }) => event;
    compare({ ...parts, output }, ['close']);
    const around = {
      initial: 'open',
      exit: note('machine'),
      states: {
        open: { ...parts, onDone: { target: 'end', actions: note('all') } },
        end: { type: 'final', output: ({ event }: { event: AnyEventObject }) => event.type },
      },
    };
    compare({ ...around, output }, ['close', 'close']);
    compare({ ...around, output: 'plain' }, ['close']);
  });

  it('where actions raise, send, emit, log and cancel', () => {
    const config = {
      context: { count: 0 },
      initial: 'one',
      states: {
        one: {
          entry: [
            raise({ type: 'now' }),
            raise({ type: 'later' }, { delay: 'soon' as never, id: 'timer' }),
            'untold',
          ],
          on: {
            now: { actions: [log('now'), emit({ type: 'said' }), note('now')] },
            go: { target: 'two', actions: cancel('timer') },
          },
          after: { 500: { target: 'two', actions: note('time') }, soon: 'two' },
        },
        two: {
          entry: sendTo('helper', { type: 'hello' }),
          invoke: { id: 'helper', src: 'helper', input: ({ context }: { context: object }) => context },
          on: { again: { actions: sendTo('helper', { type: 'again' }) }, back: 'one' },
          exit: [note('bye'), sendTo('helper', { type: 'bye' })],
        },
      },
    };
    const after = 'xstate.after.500.(machine).one';
    compare(config, ['now', 'go', 'again', 'back', after, 'again', 'back', 'later'], {
      actors: { helper: fromCallback(() => {}) },
      delays: { soon: 50 },
    });
  });

  it('where actions spawn actors, before and after those that are invoked', () => {
    const id = ({ event }: { event: AnyEventObject }) => event.id ?? 'first';
    const config = {
      context: { base: 7 },
      initial: 'idle',
      states: {
        idle: { on: { spawn: { actions: 'spawnOne' }, go: { target: 'busy', actions: 'spawnOne' } } },
        busy: {
          invoke: { id: 'invoked', src: 'work' },
          initial: 'inner',
          on: { back: 'idle', end: 'end', told: { actions: 'tell' } },
          states: { inner: { entry: 'spawnInside' } },
        },
        end: { type: 'final' },
      },
    };
    const input = ({ context, event }: { context: object; event: AnyEventObject }) => [context, event.id];
    const implementations = {
      actors: { work: fromCallback(() => {}) },
      actions: {
        spawnOne: spawnChild('work', { id: id as never, input: input as never }),
        spawnInside: spawnChild('work', { id: 'inside' }),
        tell: sendTo('inside', { type: 'hello' }),
      },
    };
    const spawn = (id: string) => ({ type: 'spawn', id });
    const pair = compare(
      config,
      [spawn('b'), spawn('a'), spawn('b'), { type: 'go', id: 'c' }, 'told'],
      implementations,
    );
    expect(Object.keys(pair.snapshot.children)).toEqual(['b', 'a', 'c', 'invoked', 'inside']);
    pair.restore();
    expect(Object.keys(pair.snapshot.children)).toEqual(['b', 'a', 'c', 'invoked', 'inside']);
    for (const type of ['back', 'go', 'told']) pair.send({ type, id: 'd' });
    const failed = { type: 'xstate.error.actor.a', error: 'broken', actorId: 'a' };
    expect(compare(config, [spawn('a'), 'go', failed], implementations).snapshot.status).toBe('error');
    expect(compare(config, [spawn('a'), 'go', 'xstate.stop'], implementations).snapshot.children).toEqual({});
    expect(compare(config, [spawn('a'), 'go', 'end'], implementations).snapshot.status).toBe('done');
  });

  it('where an actor fails and nobody answers, or one is left over in the end', () => {
    const invoke = (id: string) => ({ id, src: 'work', systemId: `the ${id}` });
    const config = {
      initial: 'working',
      states: {
        working: {
          invoke: { ...invoke('first'), onDone: 'ending' },
          exit: note('left'),
        },
        ending: { type: 'final', invoke: invoke('last') },
      },
    };
    const actors = { work: fromPromise(async () => 1) };
    const done = { type: 'xstate.done.actor.first', output: 1, actorId: 'first' };
    expect(compare(config, [done], { actors }).snapshot.status).toBe('done');
    const failed = { type: 'xstate.error.actor.first', error: 'broken', actorId: 'first' };
    expect(compare(config, [failed], { actors }).snapshot).toMatchObject({
      status: 'error',
      error: 'broken',
    });
    expect(compare(config, ['xstate.stop'], { actors }).snapshot.status).toBe('stopped');
  });

  it('where a guard or an action throws', () => {
    const fail = () => {
      throw new Error('broken');
    };
    const config = {
      initial: 'a',
      states: {
        a: {
          on: {
            guarded: { target: 'b', guard: 'fails' },
            unnamed: { target: 'b', guard: fail },
            unknown: { target: 'b', guard: 'nobody' },
            unsent: { actions: sendTo('nobody', { type: 'hello' }) },
            assigned: { actions: assign(fail) },
          },
        },
        b: {},
      },
    };
    for (const type of ['guarded', 'unnamed', 'unknown', 'unsent', 'assigned']) {
      expect(compare(config, [type], { guards: { fails: fail } }).isOver).toBe(true);
    }
    compare({ ...config, context: fail }, []);
    compare({ initial: 'a', states: { a: { entry: assign(fail) } } }, []);
  });

  it('where the context is assigned in part, as a whole, or not at all', () => {
    const config = {
      context: () => ({ a: 1, b: 2 }),
      initial: 'one',
      states: {
        one: {
          on: {
            part: { actions: assign(() => ({ b: 3 })) },
            whole: { actions: assign(({ context }) => ({ ...context, a: 4 })) },
            more: { actions: assign(() => ({ c: 5 })) },
            none: { actions: assign(() => undefined as never) },
          },
        },
      },
    };
    const pair = compare(config, ['part', 'whole', 'more', 'none', 'part']);
    expect(pair.snapshot.context).toEqual({ a: 4, b: 3, c: 5 });
  });

  it('where it goes on from what was persisted, with its actors in the order in which they began', () => {
    const region = (id: string) => ({
      initial: 'idle',
      states: {
        idle: { on: { [id]: 'busy' } },
        busy: { invoke: { id, src: 'work', onDone: 'over' } },
        over: { type: 'final' },
      },
    });
    const config = { type: 'parallel', states: { a: region('a'), b: region('b'), c: region('c') } };
    const pair = compare(config, ['c', 'a'], { actors: { work: fromPromise(async () => 1) } });
    pair.restore();
    expect(Object.keys(pair.snapshot.children)).toEqual(['c', 'a']);
    pair.send({ type: 'b' });
    for (const id of ['a', 'b', 'c']) pair.send({ type: `xstate.done.actor.${id}`, output: 1, actorId: id });
    expect(pair.snapshot.status).toBe('done');
  });
});
