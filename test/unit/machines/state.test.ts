import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWorkflow } from '../../../src/ir/check.js';
import type { JsonValue } from '../../../src/ir/json.js';
import type { StateKey } from '../../../src/ir/workflow.js';
import { initialContext, type ScopeContext, type StateWrite } from '../../../src/machines/context.js';
import { type StateView, stateFor } from '../../../src/machines/state.js';
import { planTopology, type Topology } from '../../../src/machines/topology.js';
import { settings } from '../../helpers/arbitrary/settings.js';
import { echo, edges } from '../../helpers/sketch.js';

const LOG: StateKey = { name: 'log', reducer: 'append', schema: null, default: [], pointer: '/state/log' };

function topologyOf(document: object): Topology {
  const { workflow, diagnostics } = checkWorkflow(document);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return planTopology({ ...workflow, state: [LOG] });
}

/** A log in which every execution has written its own name, such as `b#2#1`. */
function written(topology: Topology, executions: readonly string[]): StateWrite[] {
  return executions.map((execution) => {
    const [id = '', ...rounds] = execution.split('#');
    const node = topology.nodeIndex.get(id) ?? -1;
    return { node, iterations: rounds.map(Number), values: [['log', execution]] };
  });
}

function seen(
  topology: Topology,
  writes: readonly StateWrite[],
  view: { id: string; own?: StateView['own']; iterations?: readonly number[] } | null,
): JsonValue | undefined {
  const context: ScopeContext = {
    ...initialContext(topology, {}),
    writes,
    iterations: view?.iterations ?? topology.loops.map(() => 0),
  };
  const node = topology.nodeIndex.get(view?.id ?? '') ?? -1;
  return stateFor(topology, context, view === null ? null : { node, own: view.own ?? 'before' }).log;
}

describe('what a node sees of the shared state', () => {
  const diamond = topologyOf({
    nodes: ['a', 'right', 'left', 'z'].map((id) => echo(id)),
    edges: edges('a>left', 'a>right', 'left>z', 'right>z'),
  });

  it('is what comes before it, and nothing of what runs beside it', () => {
    const log = written(diamond, ['a', 'right', 'left']);
    expect(seen(diamond, log, { id: 'a' })).toEqual([]);
    expect(seen(diamond, log, { id: 'left' })).toEqual(['a']);
    expect(seen(diamond, log, { id: 'right' })).toEqual(['a']);
    expect(seen(diamond, log, { id: 'left', own: 'after' })).toEqual(['a', 'left']);
  });

  it('is in the order of the graph, then of declaration, not of completion', () => {
    const log = written(diamond, ['a', 'left', 'right']);
    expect(seen(diamond, log, { id: 'z' })).toEqual(['a', 'right', 'left']);
    expect(seen(diamond, log, null)).toEqual(['a', 'right', 'left']);
  });

  const nested = topologyOf({
    nodes: ['start', 'outer', 'inner', 'close', 'beside', 'end'].map((id) => echo(id)),
    edges: [
      ...edges('start>outer', 'outer>inner', 'inner>close', 'close>end', 'start>beside'),
      { from: 'inner', to: 'inner', action: 'again', max_iterations: 9 },
      { from: 'close', to: 'outer', action: 'again', max_iterations: 9 },
    ],
  });
  const innerLoop = nested.workflow.loops.findIndex(({ header }) => header === 'inner');
  const during = (outer: number, inner: number) =>
    nested.loops.map(({ index }) => (index === innerLoop ? inner : outer));
  const all = [
    'start',
    'outer#1',
    'inner#1#1',
    'inner#1#2',
    'close#1',
    'outer#2',
    'inner#2#1',
    'close#2',
    'beside',
    'end',
  ];

  it('is what earlier iterations of the loops around it have written', () => {
    const log = written(nested, all);
    expect(seen(nested, log, { id: 'inner', iterations: during(2, 1) })).toEqual(all.slice(0, 6));
    expect(seen(nested, log, { id: 'inner', iterations: during(1, 2) })).toEqual(all.slice(0, 3));
    expect(seen(nested, log, { id: 'outer', iterations: during(2, 0) })).toEqual(all.slice(0, 5));
  });

  it('counts a loop as a whole for what follows it', () => {
    const log = written(nested, all);
    expect(seen(nested, log, { id: 'end', iterations: during(2, 1) })).toEqual(all.slice(0, 8));
    expect(seen(nested, log, { id: 'close', iterations: during(1, 2) })).toEqual(all.slice(0, 4));
    expect(seen(nested, log, { id: 'beside' })).toEqual(['start']);
  });

  it('is the same in whatever order writes came in (P4)', () => {
    const inOrder = written(nested, all);
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (log) => {
        expect(seen(nested, log, null)).toEqual(seen(nested, inOrder, null));
        for (const id of ['inner', 'close', 'end', 'beside']) {
          const view = { id, iterations: during(2, 1) };
          expect(seen(nested, log, view)).toEqual(seen(nested, inOrder, view));
        }
      }),
      settings(500),
    );
  });

  it('is the whole graph for its outputs, at once, with a thousand nodes', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `n${index}`);
    const chain = topologyOf({
      nodes: ids.map((id) => echo(id)),
      edges: edges(...ids.slice(1).map((id, index) => `${ids[index]}>${id}`)),
    });
    const log = written(chain, [...ids].reverse());
    expect(seen(chain, log, { id: 'n999' })).toEqual(ids.slice(0, 999));
    expect(seen(chain, log, { id: 'n500' })).toEqual(ids.slice(0, 500));
  });
});
