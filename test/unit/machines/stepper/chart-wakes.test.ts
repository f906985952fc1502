import { describe, expect, it } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, fromPromise, transition } from 'xstate';
import { createRegistry } from '../../../../src/actors/registry.js';
import { checkWorkflow } from '../../../../src/ir/check.js';
import { chartActions } from '../../../../src/machines/actions.js';
import { type CompiledWorkflow, compileWorkflow } from '../../../../src/machines/compile.js';
import { chartWakes } from '../../../../src/machines/stepper/chart-wakes.js';
import { isFast } from '../../../../src/machines/stepper/fast-machine.js';
import { edges } from '../../../helpers/sketch.js';
import { notingScope } from '../../../helpers/stepper/scope.js';

const { nodeTypes } = createRegistry({});

function compile(ir: object): CompiledWorkflow {
  const { workflow, diagnostics } = checkWorkflow({ ir_version: '0.2.0', id: 'w', ...ir }, { nodeTypes });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return compileWorkflow(workflow);
}

const echo = (id: string, more: object = {}) => ({ id, type: 'echo', params: { value: 1 }, ...more });

describe('what the actions of a chart wake', () => {
  const { topology, machine } = compile({
    nodes: [echo('a'), echo('b'), echo('c'), echo('d'), echo('e')],
    edges: [
      ...edges('a>b', 'a>c', 'b>c', 'c>e'),
      { from: 'd', to: 'c', action: 'again', max_iterations: 2 },
      ...edges('c>d', 'd>e'),
    ],
  });
  const wakes = chartWakes(topology);

  it('is said of every action that changes the context', () => {
    expect([...wakes.keys()].sort()).toEqual(Object.keys(chartActions(topology)).sort());
  });

  it('is what the edges lead to that they decide: a node, or the loop around it', () => {
    const woken = (unit: number) => wakes.get('decideEdges')?.({ unit } as never);
    const loop = topology.loops[0];
    expect(woken(0)).toEqual(['b', loop?.key]);
    expect(woken(1)).toEqual([loop?.key]);
    expect(woken(loop?.unit ?? -1)).toEqual(['e', 'e']);
    expect(isFast(machine)).toBe(true);
  });
});

describe('a step of a chart', () => {
  /** How many guards are asked by all that one node's success starts, in a chart of so many others that wait and run. */
  function guardsAsked(others: number): number {
    let asked = 0;
    const ids = Array.from({ length: others }, (_, index) => index);
    const { machine } = compile({
      nodes: [echo('a'), echo('b'), echo('c'), ...ids.flatMap((i) => [echo(`run${i}`), echo(`wait${i}`)])],
      edges: edges('a>b', 'b>c', ...ids.map((i) => `run${i}>wait${i}`)),
    });
    const counted = Object.entries(
      machine.implementations.guards as Record<string, (...args: unknown[]) => boolean>,
    ).map(([name, guard]) => [
      name,
      (...args: unknown[]) => {
        asked++;
        return guard(...args);
      },
    ]);
    const watched: AnyStateMachine = machine.provide({
      guards: Object.fromEntries(counted),
      actors: { echo: fromPromise(async () => null) },
    } as never);
    const { scope } = notingScope();
    const begun = watched.getInitialSnapshot(scope, { inputs: {}, seed: 1 } as never);
    asked = 0;
    const output = { output: 1, action: 'default' };
    const next = watched.transition(begun, { type: 'xstate.done.actor.a', output, actorId: 'a' }, scope);
    expect(next.matches({ running: { a: 'succeeded', b: 'running', c: 'waiting' } })).toBe(true);
    return asked;
  }

  it('asks no more guards where there is more that it has nothing to do with', () => {
    expect(guardsAsked(100)).toBe(guardsAsked(1));
  });

  it('is the same from any snapshot, not only the last', () => {
    const { machine } = compile({ nodes: [echo('a'), echo('b')], edges: edges('a>b') });
    const { scope } = notingScope();
    const begun = machine.getInitialSnapshot(scope, { inputs: {}, seed: 1 } as never) as AnyMachineSnapshot;
    const done = { type: 'xstate.done.actor.a', output: { output: 1, action: 'default' }, actorId: 'a' };
    const [once] = transition(machine, begun, done);
    const [twice] = transition(machine, begun, done);
    expect(twice.value).toEqual(once.value);
    expect(twice.context).toEqual(once.context);
    expect(begun.value).toEqual({ running: { a: 'running', b: 'waiting' } });
  });
});
