import type { AnyStateNodeConfig } from 'xstate';
import type { JsonObject } from '../ir/json.js';
import { at } from './at.js';
import type { ScopeContext, Undo } from './context.js';
import { nameOf } from './names.js';
import type { Outcome } from './outcome.js';
import { nth } from './pages.js';
import type { Topology } from './topology.js';

/** The actor that undoes one node, by the node type that its `compensate` names. */
export const COMPENSATION_ACTOR = 'forkchart.compensation';

/** What that actor is given: which success it undoes, and the outcomes that its parameters may look at. */
export interface CompensationInput {
  readonly undo: Undo;
  /** The hierarchical name of what is undone. */
  readonly name: string;
  readonly inputs: JsonObject;
  readonly outcomes: readonly (readonly [node: number, outcome: Outcome | null])[];
}

/** What is undone next: the last success first. */
export function nextUndo(context: ScopeContext): Undo {
  return at(context.undo, context.undo.length - 1);
}

/**
 * The states between a run's failure and its end in which nodes are undone one after another: `compensating -> compensated ->
 * compensating … -> failed`. One that cannot be undone does not keep the others from it.
 */
export function compensationStates(topology: Topology): Record<string, AnyStateNodeConfig> {
  const compensated = (status: 'succeeded' | 'failed') => ({
    target: 'compensated',
    actions: [{ type: 'publish', params: { type: 'node.compensated', status } }, 'forgetUndone'],
  });
  return {
    compensating: {
      entry: { type: 'publish', params: { type: 'node.compensating' } },
      invoke: {
        id: COMPENSATION_ACTOR,
        src: COMPENSATION_ACTOR,
        input: ({ context }: { context: ScopeContext }) => compensationInput(topology, context),
        onDone: compensated('succeeded'),
        onError: compensated('failed'),
      },
      on: { cancel: 'failed' },
    },
    compensated: { always: [{ target: 'compensating', guard: 'hasToUndo' }, { target: 'failed' }] },
  } as Record<string, AnyStateNodeConfig>;
}

function compensationInput(topology: Topology, context: ScopeContext): CompensationInput {
  const undo = nextUndo(context);
  const references = at(topology.nodes, undo.node).node.compensate?.params.references ?? [];
  const named = references.map(({ root }) => topology.nodeIndex.get(root));
  const reads = new Set(named.filter((node) => node !== undefined && node !== undo.node));
  return {
    undo,
    name: nameOf(topology, context.name, undo.node, undo.iterations),
    inputs: context.inputs,
    outcomes: [
      ...[...reads].map((node) => [node ?? 0, nth(context.outcomes, node ?? 0) ?? null] as const),
      // What this very success put out, whatever a later iteration did.
      [undo.node, undo.outcome],
    ],
  };
}
