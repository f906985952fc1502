import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { createRegistry } from '../../../../src/actors/registry.js';
import { checkWorkflow } from '../../../../src/ir/check.js';
import { compileWorkflow } from '../../../../src/machines/compile.js';
import { isFast } from '../../../../src/machines/stepper/fast-machine.js';
import { settings } from '../../../helpers/arbitrary/settings.js';
import { type Happening, Pair } from '../../../helpers/stepper/drive.js';
import { stockTwin } from '../../../helpers/stepper/twins.js';

const { nodeTypes } = createRegistry({});
const POLICIES = [
  {},
  { retry: { max_attempts: 3, initial_ms: 10 } },
  { timeout: { attempt_ms: 50, total_ms: 200 } },
  { retry: { max_attempts: 2, initial_ms: 10 }, timeout: { attempt_ms: 50, total_ms: 60 } },
];

/** The machine of a batch that is the only node of a workflow. */
function batchMachine(node: object, batch: object): AnyStateMachine {
  const items = { items: [1, 2, 3], max_concurrent: 2, ...batch };
  const each = { id: 'each', type: 'echo', params: { value: '${item}' }, batch: items, ...node };
  const { workflow, diagnostics } = checkWorkflow({ id: 'w', nodes: [each] }, { nodeTypes });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  const { actors } = compileWorkflow(workflow).machine.implementations;
  const machine = Object.entries(actors).find(([name]) => name.startsWith('forkchart.batch:'))?.[1];
  return machine as AnyStateMachine;
}

const laneOf = ({ implementations }: AnyStateMachine): AnyStateMachine =>
  implementations.actors.lane as AnyStateMachine;

const BASE = { node: 0, name: 'w.each', attempt: 1, iterations: [], inputs: {}, outcomes: [], caught: [] };
const input = { base: { ...BASE, state: null, item: null }, seed: 7 };

const happening: fc.Arbitrary<Happening> = fc.record({
  pick: fc.nat(997),
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant('event' as const) },
    { weight: 3, arbitrary: fc.constant('stale' as const) },
    { weight: 2, arbitrary: fc.constant('restore' as const) },
    { weight: 1, arbitrary: fc.constant('stop' as const) },
  ),
  output: fc.constantFrom({ ok: true }, null),
  action: fc.constant('default'),
  code: fc.constantFrom('FC5008', 'E_BUSY'),
  terminal: fc.boolean(),
  at: fc.nat(500),
});

describe('the machines of a batch', () => {
  it.each(POLICIES)('are stepped fast with %o', (node) => {
    const machine = batchMachine(node, {});
    expect(isFast(machine)).toBe(true);
    expect(isFast(laneOf(machine))).toBe(true);
  });

  it.each([
    ['a batch', {}, (machine: AnyStateMachine) => machine],
    ['a lane', { lane: 1 }, laneOf],
  ])('take the steps of XState: %s', (_what, more, of) => {
    const handling = fc.constantFrom('fail_fast', 'fail_safe', 'continue');
    const schedules = fc.array(happening, { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(
        fc.constantFrom(...POLICIES),
        handling,
        fc.boolean(),
        schedules,
        (node, error_handling, waits, all) => {
          const batch = batchMachine(node, { error_handling });
          // As compiled, a lane has its place at once; what it asks for as it waits is granted by an event.
          const lane = laneOf(batch).provide({ actions: waits ? { requestPlace: () => {} } : {} } as never);
          const fast = of(batch.provide({ actors: { lane } } as never));
          const pair = new Pair(stockTwin(fast), fast, { input: { ...input, ...more } });
          for (const one of all) if (!pair.isOver) pair.happen(one);
        },
      ),
      settings(300),
    );
  });

  it('begin a lane for each item that there is room for, and tell all of them to stop', () => {
    const machine = batchMachine({}, { max_concurrent: 3 });
    const pair = new Pair(stockTwin(machine), machine, { input });
    const item = (lane: number) => ({ index: lane, value: lane, parameter: null });
    pair.send({ type: 'opened', total: 3, whole: false });
    for (const lane of [0, 1, 2]) pair.send({ type: 'item', lane, item: item(lane) });
    expect(Object.keys(pair.snapshot.children)).toEqual(['data', 'lane-0', 'lane-1', 'lane-2']);
    expect(pair.snapshot.context).toMatchObject({ lanes: 3, begun: 3 });
    const failure = { failure: { code: 'E_BUSY', message: 'no' }, terminal: true, at: 0 };
    const settled = { type: 'item.settled', result: null, failure: null };
    pair.send({ ...settled, lane: 1, index: 1, status: 'failed', failure });
    expect(pair.snapshot.value).toEqual({ open: 'stopping' });
    for (const lane of [0, 2]) pair.send({ ...settled, lane, index: lane, status: 'cancelled' });
    expect(pair.snapshot.value).toBe('failed');
    expect(pair.snapshot.context).toMatchObject({ failed: 1, cancelled: 2 });
  });
});
