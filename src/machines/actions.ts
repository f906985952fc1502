import { at } from './at.js';
import { takeStreams } from './batch/streams.js';
import { Attempts, changed, type ScopeContext } from './context.js';
import { decideEdgesOf } from './edges.js';
import { routeOfNode, routeOnRecord } from './failure.js';
import { mergeIteration, recordBody } from './loop-settle.js';
import type { Outcome } from './outcome.js';
import { nth, withNth } from './pages.js';
import { type Cause, type ChartInputEvent, fallenBack, outcomeBy, recordOutcome } from './settle.js';
import { replaceContext } from './stepper/replace-context.js';
import type { Topology, Unit } from './topology.js';

interface Step {
  readonly context: ScopeContext;
  readonly event: ChartInputEvent;
}

/** Everything that the chart does to its context, by name; what it does to the world is bound by the runtime. */
export function chartActions(topology: Topology) {
  const outcomeOf = ({ context, event }: Step, params: { node: number; by: Cause }): Outcome => {
    const plan = at(topology.nodes, params.node);
    const outcome = outcomeBy(topology, context, plan, params.by, event);
    if (outcome === null)
      throw new Error(`Node ${plan.node.id} was settled by ${params.by} without an outcome.`);
    return outcome;
  };
  return {
    beginAttempt: update(({ context, event }, params: { node: number }) => {
      const before = nth(context.attempts, params.node) ?? null;
      const { at: last } = event as ChartInputEvent & { at: number };
      const attempts = new Attempts((before?.count ?? 0) + 1, before?.first ?? last, last);
      return changed(context, { attempts: withNth(context.attempts, params.node, attempts) });
    }),
    recordOutcome: update((step, params: { node: number; by: Cause }) => {
      const { context } = step;
      const plan = at(topology.nodes, params.node);
      const outcome = outcomeOf(step, params);
      const { failure } = outcome;
      const route =
        params.by === 'join' && failure !== null ? routeOfNode(topology, context, plan, failure, true) : null;
      return recordOutcome(topology, context, plan, outcome, route);
    }),
    recordFallback: update(({ context, event }, params: { node: number; by: Cause }) => {
      const plan = at(topology.nodes, params.node);
      return recordOutcome(topology, context, plan, fallenBack(outcomeOf({ context, event }, params), plan));
    }),
    takeStreams: update(({ context }, params: { node: number }) =>
      takeStreams(topology, context, params.node),
    ),
    decideEdges: update(({ context }, params: { unit: Unit }) =>
      decideEdgesOf(topology, context, params.unit),
    ),

    beginIteration: update(({ context }, params: { loop: number }) => {
      const iterations = [...context.iterations];
      iterations[params.loop] = (iterations[params.loop] ?? 0) + 1;
      return changed(context, { iterations });
    }),
    mergeIteration: update(({ context, event }, params: { loop: number }) =>
      mergeIteration(topology, context, at(topology.loops, params.loop), event.output as ScopeContext),
    ),
    recordBody: update(({ context, event }, params: { loop: number; by: 'entry' | 'defect' | 'abort' }) =>
      recordBody(topology, context, at(topology.loops, params.loop), params.by, event),
    ),

    stopGroup: update(({ context }, params: { group: number }) =>
      changed(context, {
        stopped: { ...context.stopped, groups: [...context.stopped.groups, params.group] },
      }),
    ),
    stopAfterOthers: update(({ context }, params: { node: number }) => {
      const route = routeOnRecord(topology, context, at(topology.nodes, params.node));
      if (route === null || context.abort !== null) return context;
      const outermost = route.stopsGroups.at(-1);
      const groups = outermost === undefined ? [] : [outermost];
      return changed(context, {
        stopped: { ...context.stopped, groups: [...context.stopped.groups, ...groups] },
        abort: route.stopsScope ? { kind: 'failure' } : null,
      });
    }),
    stopRest: update(({ context }, params: { node: number }) =>
      changed(context, { stopped: { ...context.stopped, joins: [...context.stopped.joins, params.node] } }),
    ),
    stopForFailure: update(({ context }) =>
      changed(context, { abort: context.abort ?? { kind: 'failure' } }),
    ),
    stopForCancel: update(({ context, event }) => {
      const reason = String((event as { reason?: unknown }).reason ?? '');
      return changed(context, { abort: context.abort ?? { kind: 'cancel', reason } });
    }),
    stopForTimeout: update(({ context }) =>
      changed(context, {
        abort: context.abort ?? { kind: 'timeout' },
        failure: context.failure ?? {
          code: 'FC5006',
          message: `The run took longer than ${topology.workflow.timeoutMs} ms.`,
          node: null,
          path: topology.workflow.timeoutPointer,
          hint: 'Raise `timeout_ms` of the workflow.',
        },
      }),
    ),

    forgetUndone: update(({ context }) => changed(context, { undo: context.undo.slice(0, -1) })),
  };
}

const update = <Params = undefined>(next: (step: Step, params: Params) => ScopeContext) =>
  replaceContext(next);
