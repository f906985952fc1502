import { assign } from 'xstate';
import { at } from './at.js';
import type { ScopeContext } from './context.js';
import { decideEdgesOf } from './edges.js';
import { mergeIteration, recordBody } from './loop-settle.js';
import { type Cause, type ChartInputEvent, outcomeBy, recordOutcome } from './settle.js';
import type { Topology, Unit } from './topology.js';

interface Step {
  readonly context: ScopeContext;
  readonly event: ChartInputEvent;
}

/** Everything that the chart does to its context, by name; what it does to the world is bound by the runtime. */
export function chartActions(topology: Topology) {
  return {
    beginAttempt: update((step, params: { node: number }) => {
      const attempts = [...step.context.attempts];
      attempts[params.node] = (attempts[params.node] ?? 0) + 1;
      return { ...step.context, attempts };
    }),
    recordOutcome: update(({ context, event }, params: { node: number; by: Cause }) => {
      const plan = at(topology.nodes, params.node);
      const outcome = outcomeBy(topology, context, plan, params.by, event);
      if (outcome === null)
        throw new Error(`Node ${plan.node.id} was settled by ${params.by} without an outcome.`);
      return recordOutcome(context, plan, outcome);
    }),
    decideEdges: update(({ context }, params: { unit: Unit }) =>
      decideEdgesOf(topology, context, params.unit),
    ),

    beginIteration: update(({ context }, params: { loop: number }) => {
      const iterations = [...context.iterations];
      iterations[params.loop] = (iterations[params.loop] ?? 0) + 1;
      return { ...context, iterations };
    }),
    mergeIteration: update(({ context, event }, params: { loop: number }) =>
      mergeIteration(context, at(topology.loops, params.loop), event.output as ScopeContext),
    ),
    recordBody: update(({ context, event }, params: { loop: number; by: 'entry' | 'defect' | 'abort' }) =>
      recordBody(topology, context, at(topology.loops, params.loop), params.by, event),
    ),

    stopForFailure: update(({ context }) => ({ ...context, abort: context.abort ?? { kind: 'failure' } })),
    stopForCancel: update(({ context, event }) => ({
      ...context,
      abort: context.abort ?? {
        kind: 'cancel',
        reason: String((event as { reason?: unknown }).reason ?? ''),
      },
    })),
    stopForTimeout: update(({ context }) => ({
      ...context,
      abort: context.abort ?? { kind: 'timeout' },
      failure: context.failure ?? {
        code: 'FC5006',
        message: `The run took longer than ${topology.workflow.timeoutMs} ms.`,
        node: null,
        path: topology.workflow.timeoutPointer,
        hint: 'Raise `timeout_ms` of the workflow.',
      },
    })),
  };
}

/** An `assign` of the whole context: XState merges it over the old one, and every key is always there. */
function update<Params = undefined>(next: (step: Step, params: Params) => ScopeContext) {
  return assign((step: unknown, params: unknown) => next(step as Step, params as Params));
}
