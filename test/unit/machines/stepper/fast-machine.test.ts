import { describe, expect, it } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  assign,
  createActor,
  fromCallback,
  fromPromise,
  getNextSnapshot,
  initialTransition,
  isMachineSnapshot,
  sendTo,
  transition,
  waitFor,
} from 'xstate';
import { createFastMachine } from '../../../../src/machines/stepper/fast-machine.js';
import { createVirtualClock } from '../../../../src/runtime/virtual-clock.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

const config = {
  id: 'm',
  context: { count: 0 },
  type: 'parallel',
  states: {
    light: {
      initial: 'off',
      meta: { about: 'light' },
      states: {
        off: { on: { press: { target: 'on', actions: 'count' } } },
        on: { tags: ['bright'], on: { press: 'off' } },
      },
    },
    job: {
      initial: 'idle',
      states: {
        idle: { on: { begin: 'busy' } },
        busy: { invoke: { id: 'job', src: 'job', onDone: 'over' } },
        over: {},
      },
    },
  },
};
const implementations = {
  actions: { count: assign(({ context }) => ({ count: (context as { count: number }).count + 1 })) },
  actors: { job: fromPromise(async () => 'done') },
};
const fast = createFastMachine(config, implementations);
const press = { type: 'press' };

const step = (machine: AnyStateMachine, snapshot: AnyMachineSnapshot, type: string): AnyMachineSnapshot =>
  transition(machine, snapshot, { type })[0] as AnyMachineSnapshot;

describe('a snapshot of the fast stepper', () => {
  it.each([fast, stockTwin(fast)])('has all that one of XState’s has', (machine) => {
    const [first] = initialTransition(machine);
    const on = step(machine, step(machine, first, 'press'), 'begin');
    expect(isMachineSnapshot(on)).toBe(true);
    expect(on.value).toEqual({ light: 'on', job: 'busy' });
    expect(on.matches({ light: 'on' })).toBe(true);
    expect(on.matches({ light: 'off' })).toBe(false);
    expect([...on.tags]).toEqual(['bright']);
    expect([on.hasTag('bright'), first.hasTag('bright')]).toEqual([true, false]);
    expect(['press', 'begin', 'other'].map((type) => on.can({ type }))).toEqual([true, false, false]);
    expect(on.getMeta()).toEqual({ 'm.light': { about: 'light' } });
    expect(Object.keys(on.children)).toEqual(['job']);
    const json = JSON.stringify(on);
    expect(JSON.parse(json)).toMatchObject({ value: on.value, tags: ['bright'], context: { count: 1 } });
    expect(Object.keys(JSON.parse(json))).toEqual([
      'status',
      'context',
      'value',
      'children',
      'historyValue',
      'tags',
    ]);
  });

  it('stays what it was, whatever comes after it', () => {
    const [first] = initialTransition(fast);
    const on = step(fast, first, 'press');
    const begun = step(fast, on, 'begin');
    const off = step(fast, begun, 'press');
    // None of them was looked at before.
    expect([first, on, begun, off].map(({ value }) => value)).toEqual([
      { light: 'off', job: 'idle' },
      { light: 'on', job: 'idle' },
      { light: 'on', job: 'busy' },
      { light: 'off', job: 'busy' },
    ]);
    expect([first, on, begun].map(({ children }) => Object.keys(children))).toEqual([[], [], ['job']]);
    expect([first, on].map(({ context }) => context.count)).toEqual([0, 1]);
    const again = step(fast, first, 'begin');
    expect(again.value).toEqual({ light: 'off', job: 'busy' });
  });

  it('is the same where nothing has happened', () => {
    const [first] = initialTransition(fast);
    expect(step(fast, first, 'unknown')).toBe(first);
    expect(getNextSnapshot(fast, first, press)).not.toBe(first);
  });

  it('is taken by a machine with other implementations as XState takes it, and given each microstep', () => {
    const [first] = initialTransition(fast);
    const doubled = fast.provide({ actions: { count: assign(() => ({ count: 2 })) } } as never);
    const scope = (createActor(doubled) as unknown as { _actorScope: never })._actorScope;
    // The machine that has made a snapshot is the one that steps it.
    expect(step(doubled, first, 'press').context).toEqual({ count: 1 });
    expect(doubled.microstep(first, press, scope).map(({ value }) => value)).toEqual([
      { light: 'on', job: 'idle' },
    ]);
    expect(step(doubled, initialTransition(doubled)[0], 'press').context).toEqual({ count: 2 });
  });

  it('goes over to XState and back by what is persisted', () => {
    const [first] = initialTransition(fast);
    const begun = step(fast, step(fast, first, 'press'), 'begin');
    const stock = stockTwin(fast);
    const persisted = JSON.parse(JSON.stringify(fast.getPersistedSnapshot(begun)));
    for (const machine of [stock, fast]) {
      const actor = createActor(machine, { snapshot: persisted });
      expect(actor.getSnapshot()).toMatchObject({
        value: { light: 'on', job: 'busy' },
        context: { count: 1 },
      });
      expect(JSON.parse(JSON.stringify(actor.getPersistedSnapshot()))).toEqual(persisted);
    }
  });
});

describe('XState’s own state nodes', () => {
  /** XState reads the tags of a state when it makes its node; the stepper never does. */
  function watched() {
    let made = 0;
    const tagged = {
      get tags() {
        made++;
        return ['tagged'];
      },
    };
    const states = { ...config.states, other: { initial: 'only', states: { only: tagged } } };
    const machine = createFastMachine({ ...config, states }, implementations);
    return { machine, made: () => made };
  }

  it('are not made for a machine that runs, is given other implementations and is persisted', async () => {
    const { machine, made } = watched();
    const actor = createActor(machine.provide({ actors: { job: fromPromise(async () => 'other') } })).start();
    actor.send(press);
    actor.send({ type: 'begin' });
    await waitFor(actor, (snapshot) => snapshot.matches({ job: 'over' }));
    actor.getPersistedSnapshot();
    actor.stop();
    expect(made()).toBe(0);
  });

  it.each<[what: string, ask: (machine: AnyStateMachine) => unknown]>([
    ['root', ({ root }) => root.id],
    ['states', ({ states }) => Object.keys(states)],
    ['events', ({ events }) => events],
    ['definition', (machine) => JSON.stringify(machine)],
    ['a state by its id', (machine) => machine.getStateNodeById('m.light.on').path],
    ['the nodes of a snapshot', (machine) => initialTransition(machine)[0]._nodes.map(({ id }) => id)],
    ['tags', (machine) => [...initialTransition(machine)[0].tags]],
    [
      'transitions',
      (machine) => {
        const found = machine.getTransitionData(initialTransition(machine)[0], press);
        return found.map(({ source, target, eventType }) => [
          source.id,
          eventType,
          target?.map(({ id }) => id),
        ]);
      },
    ],
    [
      'what an inspector is told',
      (machine) => {
        const told: unknown[] = [];
        const inspect = (event: { type: string; _transitions?: readonly unknown[] }) =>
          event.type === '@xstate.microstep' && told.push(JSON.stringify(event._transitions));
        createActor(machine, { inspect: inspect as never })
          .start()
          .send(press);
        return told;
      },
    ],
  ])('are made once, as XState makes them, when somebody asks for %s', (_, ask) => {
    const { machine, made } = watched();
    const copy = machine.provide({ actors: {} });
    const expected = ask(stockTwin(machine));
    const before = made();
    for (const one of [machine, copy, copy]) expect(ask(one)).toEqual(expected);
    expect(made() - before).toBe(1);
  });
});

describe('an actor of a fast machine', () => {
  it('runs, and ends what it has invoked', async () => {
    const actor = createActor(fast).start();
    actor.send({ type: 'begin' });
    const over = await waitFor(actor, (snapshot) => snapshot.matches({ job: 'over' }));
    expect(over.children).toEqual({});
    actor.stop();
    expect(actor.getSnapshot().status).toBe('stopped');
  });

  it('goes on with what it was doing when it is restored', async () => {
    const before = createActor(fast).start();
    before.send({ type: 'begin' });
    const persisted = JSON.parse(JSON.stringify(before.getPersistedSnapshot()));
    before.stop();
    const after = createActor(fast, { snapshot: persisted }).start();
    expect((await waitFor(after, (snapshot) => snapshot.matches({ job: 'over' }))).value).toMatchObject({
      job: 'over',
    });
  });

  const fail = () => {
    throw new Error('broken');
  };

  it.each([
    [
      'while it runs',
      {
        initial: 'before',
        states: { before: { on: { press: 'a' } }, a: { on: { press: { actions: fail } } } },
      },
    ],
    ['as it begins', { initial: 'a', states: { a: { entry: fail } } }],
    ['before it begins', { initial: 'a', context: fail, states: { a: {} } }],
  ])('breaks as XState’s does when an action throws %s', (_, broken) => {
    const seen = [createFastMachine(broken), stockTwin(createFastMachine(broken))].map((machine) => {
      const errors: unknown[] = [];
      const actor = createActor(machine);
      actor.subscribe({ error: (error) => errors.push((error as Error).message) });
      actor.start();
      for (let turn = 0; turn < 2 && errors.length === 0; turn++) actor.send(press);
      const { status, value, context, children } = actor.getSnapshot();
      const persisted = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      return { errors, status, value, context, children, persisted };
    });
    expect(seen[0]).toMatchObject({ errors: ['broken'], status: 'error', value: 'a' });
    expect(seen[0]).toEqual(seen[1]);
  });

  it('forgets the timers of what ends, and keeps those of what goes on', async () => {
    const child = createFastMachine({
      initial: 'waiting',
      states: { waiting: { after: { 100: 'over' } }, over: { type: 'final' } },
    });
    const region = (id: string) => ({
      initial: 'busy',
      states: {
        busy: { invoke: { id, src: 'child', onDone: 'over' }, on: { [id]: 'left' } },
        over: {},
        left: {},
      },
    });
    const machine = createFastMachine(
      { type: 'parallel', states: { a: region('a'), b: region('b') } },
      { actors: { child } },
    );
    const clock = createVirtualClock();
    const actor = createActor(machine, { clock }).start();
    actor.send({ type: 'a' });
    await clock.advance(100);
    expect(actor.getSnapshot().value).toEqual({ a: 'left', b: 'over' });
    const other = createActor(machine, { clock }).start();
    expect(clock.nextTimerAt()).toBe(200);
    for (const type of ['a', 'b']) other.send({ type });
    expect(clock.nextTimerAt()).toBeNull();
  });

  it('sends to what a state invokes as that is entered', async () => {
    const told: string[] = [];
    const helper = fromCallback(({ receive }) => receive(({ type }) => told.push(type)));
    const machine = createFastMachine(
      {
        initial: 'idle',
        states: {
          idle: { on: { begin: 'busy' } },
          busy: { entry: sendTo('helper', { type: 'hello' }), invoke: { id: 'helper', src: 'helper' } },
        },
      },
      { actors: { helper } },
    );
    createActor(machine).start().send({ type: 'begin' });
    expect(told).toEqual(['hello']);
  });

  it('executes what it begins with in order, however much that is', () => {
    const size = 500;
    const executed: number[] = [];
    const states = Array.from({ length: size }, (_, index) => [
      `s${index}`,
      { initial: 'a', states: { a: { entry: () => executed.push(index) } } },
    ]);
    createActor(createFastMachine({ type: 'parallel', states: Object.fromEntries(states) })).start();
    expect(executed).toEqual(Array.from({ length: size }, (_, index) => index));
  });
});
