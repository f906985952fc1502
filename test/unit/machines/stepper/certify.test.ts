import { describe, expect, it } from 'vitest';
import { and, assign, createMachine, enqueueActions, fromPromise, setup, spawnChild, stateIn } from 'xstate';
import { certify } from '../../../../src/machines/stepper/certify.js';
import { createFastMachine, isFast } from '../../../../src/machines/stepper/fast-machine.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

const work = fromPromise(async () => 1);
const two = (a: object, b: object = {}) => ({ initial: 'a', states: { a, b } });

describe('certify', () => {
  it.each<[reason: string, config: object]>([
    ['has a transition for any event', two({ on: { '*': 'b' } })],
    ['has a transition for any event', two({ on: { 'mouse.*': 'b' } })],
    ['has a transition that re-enters', two({ on: { go: { target: 'b', reenter: true } } })],
    ['has a transition to a state that is not beside it', two({ on: { go: 'a' } })],
    ['has a transition to a state that is not beside it', { ...two({}), on: { go: '.b' } }],
    ['has a transition to a state that is not beside it', two(two({ on: { go: '#far' } }), { id: 'far' })],
    [
      'has a transition to several states',
      two(
        { on: { go: { target: ['#c', '#d'] } } },
        {
          type: 'parallel',
          states: {
            x: { initial: 'c', states: { c: { id: 'c' } } },
            y: { initial: 'd', states: { d: { id: 'd' } } },
          },
        },
      ),
    ],
    ['is a history state', two({ initial: 'x', states: { x: {}, h: { type: 'history' } } })],
    [
      'has actions on its initial transition',
      { initial: { target: 'a', actions: 'greet' }, states: { a: {} } },
    ],
    ['is final in a parallel state', { type: 'parallel', states: { a: { type: 'final' } } }],
    ['is final and can be left', two({ type: 'final', on: { go: 'b' } })],
    ['has `always` and states inside of it', two({ ...two({}), always: { target: 'b', guard: 'never' } })],
    ['has an `always` without a target', two({ always: { actions: 'greet' } })],
    ['invokes several actors', two({ invoke: [{ src: 'x' }, { src: 'y' }] })],
    ['invokes an actor as a region', { type: 'parallel', states: { a: { invoke: { src: 'x' } } } }],
    ['invokes an actor that has no name', two({ invoke: { src: work } })],
    [
      'invokes an actor with the id of another, `x`',
      two({ invoke: { id: 'x', src: 'x' } }, { invoke: { id: 'x', src: 'x' } }),
    ],
    [
      'has a guard that is made of other guards',
      two({ on: { go: { target: 'b', guard: and(['x', 'y']) } } }),
    ],
    ['spawns an actor that has no id', two({ entry: spawnChild('x') })],
    [
      'spawns an actor that has no name',
      two({ entry: spawnChild(fromPromise(async () => 1) as never, { id: 'x' }) }),
    ],
    ['spawns an actor that others can see', two({ entry: spawnChild('x', { id: 'x', systemId: 'x' }) })],
    ['has the action `xstate.enqueueActions`', two({ on: { go: { actions: enqueueActions(() => {}) } } })],
    ['assigns each key by itself', two({ exit: assign({ count: 1 }) })],
    ['has an id of its own', two({}, { id: 'far' })],
    ['has a route', two({}, { route: {} })],
    ['has a key that is not a plain name', { initial: 'a', states: { a: {}, 'a.b': {} } }],
    ['is atomic and has states inside of it', two({ type: 'atomic', states: { c: {} } })],
    ['has a transition for an event of XState’s own', two({ on: { 'xstate.done.actor.x': 'b' } })],
    ['has a delay that is not written as a number', two({ after: { '5e2': 'b' } })],
    ['The machine has no states.', {}],
    ['The machine invokes an actor itself.', { ...two({}), invoke: { src: 'x' } }],
    ['The machine has options.', { ...two({}), options: { maxIterations: 5 } }],
  ])('refuses what %s', (reason, config) => {
    const certificate = certify(createMachine(config));
    expect(certificate).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('refuses implementations that are more than functions and what is certified', () => {
    const config = two({ on: { go: { target: 'b', guard: 'g', actions: 'x' } } });
    const fine = createMachine(config).provide({
      actions: { x: assign(() => ({})) },
      guards: { g: () => true },
    });
    expect(certify(fine)).toEqual({ ok: true });
    const guarded = fine.provide({ guards: { g: stateIn('a') } } as never);
    expect(certify(guarded)).toEqual({ ok: false, reason: 'Guard `g` is made of other guards.' });
    const acting = fine.provide({ actions: { x: enqueueActions(() => {}) } } as never);
    expect(certify(acting)).toEqual({
      ok: false,
      reason: 'Action `x` has the action `xstate.enqueueActions`.',
    });
  });
});

describe('a machine that is not certified', () => {
  it('is stepped by XState', () => {
    const config = { initial: 'a', states: { a: { on: { '*': 'b' } }, b: {} } };
    const machine = createFastMachine(config);
    expect(isFast(machine)).toBe(false);
    expect(isFast(stockTwin(machine))).toBe(false);
    expect(machine.provide({ guards: { g: () => true } })).toBeInstanceOf(
      setup({}).createMachine({}).constructor,
    );
  });

  it.each<[config: object, says: string]>([
    [{ states: { a: {} } }, 'No initial state specified'],
    [{ initial: 'a', states: { a: { on: { go: 'nowhere' } } } }, 'does not exist'],
    [{ initial: 'a', states: { a: { on: { go: 'toString' } } } }, ''],
    [{ initial: 'a', states: { a: { on: { '': 'a' } } } }, 'Null events'],
    [{ initial: 'a', states: { a: { always: { target: 'a', cond: 'x' } } } }, 'renamed to `guard`'],
    [{ initial: 'a', states: { a: null } }, ''],
  ])('is refused at once where XState refuses it: %j', (config, says) => {
    const made = [() => createFastMachine(config), () => createMachine(config)].map((make) => {
      try {
        return isFast(make());
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(made[0]).toEqual(made[1]);
    if (says !== '') expect(made[0]).toContain(says);
  });

  it('may be one that was, with other implementations', () => {
    const machine = createFastMachine(
      { initial: 'a', states: { a: { on: { go: { target: 'b', guard: 'g' } } }, b: {} } },
      { guards: { g: () => true } },
    );
    expect(isFast(machine.provide({ guards: { g: () => false } }))).toBe(true);
    expect(isFast(machine.provide({ guards: { g: stateIn('a') } }))).toBe(false);
  });
});
