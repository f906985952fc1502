import { type AnyActorLogic, type AnyActorRef, type AnyStateMachine, fromPromise, raise } from 'xstate';
import type { Failure } from '../ir/errors.js';
import type { ScopeLayout, Workflow } from '../ir/workflow.js';
import type { AboutNode } from './about-node.js';
import { chartActions } from './actions.js';
import { at } from './at.js';
import { type CompiledBatch, compileBatch } from './batch/bind.js';
import { batchActor } from './batch/protocol.js';
import {
  aboutNode,
  type ChartEvent,
  describePublished,
  handledOutside,
  isForListeners,
  nodeOfPublished,
  type PublishParams,
  settledEvent,
} from './chart-event.js';
import { COMPENSATION_ACTOR } from './compensation.js';
import { initialContext, type ScopeContext, type WorkflowMachineInput } from './context.js';
import { endingActions } from './ending.js';
import { chartGuards } from './guards.js';
import { iterationActor } from './loop.js';
import { backoffDelayName, grantEvent, refuseEvent } from './node.js';
import { scopeRegions } from './scope.js';
import { type ChartInputEvent, waitAfter } from './settle.js';
import { chartWakes } from './stepper/chart-wakes.js';
import { createFastMachine } from './stepper/fast-machine.js';
import { type NodePlan, planTopology, type Topology } from './topology.js';
import { DRAIN_ACTOR, GRACE_DELAY, iterationStates, workflowStates } from './workflow.js';

/** Identifies a run: the system of actors that it is. */
export type RunSystem = AnyActorRef['system'];

/** What may hold a place: a node of the run, or one item of a batch. */
export interface PlaceHolder {
  readonly node: number;
  /** Index of the item; `null` for the node itself. */
  readonly item: number | null;
}

/** Who asks for a place, and what it is told: that it may start, or that there will never be one for it. */
export interface PlaceRequest extends PlaceHolder {
  /** What events about it say; for an item, with its index. */
  about(): AboutNode & { readonly index?: number };
  grant(): void;
  refuse(failure: Failure): void;
}

/**
 * What the runtime gives a chart: all that it does to the world. Bound once for all runs of a workflow, as binding costs as
 * much as compiling; each call says which run it is about by the actor system that the run is.
 */
export interface ChartBindings {
  /** By node type: what a running node invokes. */
  readonly actors: ReadonlyMap<string, AnyActorLogic>;
  readonly drain: AnyActorLogic;
  /** Undoes one node: see `CompensationInput`. */
  readonly compensation: AnyActorLogic;
  /** Reads the items of a batch and keeps its results: see `BatchRequest`. */
  readonly batchData: AnyActorLogic;
  /** Milliseconds that a stopped run waits for its node functions to return. */
  readonly gracePeriodMs: number;
  /** @param node whose record it is about, by index; `null` for what is in no record */
  publish(run: RunSystem, event: ChartEvent, node: number | null): void;
  /** Whether nobody listens to an event that is about to be said, which counts all the same. */
  isUnheard(run: RunSystem): boolean;
  /** Whether anybody listens to what the run says of the items of its batches, of which there may be many. */
  isObserved(run: RunSystem): boolean;
  /** Milliseconds from the run's start: what the chart, which has no clock, is told with the events that carry a time. */
  now(run: RunSystem): number;
  requestPlace(run: RunSystem, request: PlaceRequest): void;
  /** Gives a place back, or takes back the request for one; of a batch node, those of all its items as well. */
  releasePlace(run: RunSystem, holder: PlaceHolder): void;
}

/** A workflow's statechart: an XState v5 machine that is data plus named guards, actions, delays and actors. */
export interface CompiledWorkflow {
  readonly workflow: Workflow;
  /** @internal */
  readonly topology: Topology;
  /**
   * Unbound: it can be drawn, and stepped with `transition()`. Run by itself, each node fails, as nothing is bound to it.
   * Input: `{ inputs, seed }`, both optional.
   */
  readonly machine: AnyStateMachine;
  /**
   * The same machine, its actors and effects bound.
   *
   * @internal
   */
  bind(bindings: ChartBindings): AnyStateMachine;
}

interface Scope {
  readonly machine: AnyStateMachine;
  readonly batches: readonly CompiledBatch[];
  readonly loops: readonly { readonly key: string; readonly scope: Scope }[];
}

/**
 * Compiles a checked workflow to its statechart. The same workflow gives the same chart.
 *
 * @example
 * const { machine } = compileWorkflow(workflow);
 * createMachine(machine.config); // what Stately's tools draw
 */
export function compileWorkflow(workflow: Workflow): CompiledWorkflow {
  const topology = planTopology(workflow);
  const top = compileScope(topology, workflow.layout);
  return { workflow, topology, machine: top.machine, bind: (bindings) => bindScope(topology, top, bindings) };
}

function compileScope(topology: Topology, layout: ScopeLayout): Scope {
  const { states, nodes, loops } = scopeRegions(topology, layout);
  const inner = loops.map(({ loop, body }) => ({
    key: at(topology.loops, loop).key,
    scope: compileScope(topology, body),
  }));
  const batches = nodes.flatMap((plan) =>
    plan.node.batch === null ? [] : [compileBatch(plan, plan.node.batch)],
  );
  const isTop = layout.loop === null;
  const config = {
    id: isTop ? 'workflow' : at(topology.loops, layout.loop ?? -1).key,
    meta: isTop
      ? { kind: 'workflow', id: topology.workflow.id, hash: topology.workflow.hash }
      : { kind: 'iteration' },
    context: ({ input }: { input: unknown }): ScopeContext =>
      isTop ? initialContext(topology, input as Partial<WorkflowMachineInput>) : (input as ScopeContext),
    initial: 'starting',
    states: isTop ? workflowStates(topology, states) : iterationStates(states),
    output: ({ context }: { context: ScopeContext }) => context,
  };
  const retried = nodes.filter(({ node }) => node.retry !== null);
  const implementations = {
    guards: chartGuards(topology),
    actions: { ...chartActions(topology), ...endingActions(topology), ...unboundEffects(topology) },
    delays: Object.fromEntries([
      [GRACE_DELAY, 0] as const,
      ...retried.map(
        (plan) =>
          [
            backoffDelayName(plan.key),
            ({ context }: { context: ScopeContext }) => waitAfter(context, plan),
          ] as const,
      ),
    ]),
    actors: Object.fromEntries([
      ...[...new Set(nodes.map(({ node }) => node.type))].map((type) => [type, unbound(type)] as const),
      [DRAIN_ACTOR, unbound(DRAIN_ACTOR)],
      [COMPENSATION_ACTOR, unbound(COMPENSATION_ACTOR)],
      ...inner.map(({ key, scope }) => [iterationActor(key), scope.machine] as const),
      ...batches.map(({ plan, machine }) => [batchActor(plan.key), machine] as const),
    ]),
  };
  const machine = createFastMachine(config, implementations, chartWakes(topology));
  return { machine, batches, loops: inner };
}

/** What a chart does to the world while nothing is bound: nothing, but for letting every node start at once. */
const unboundEffects = (topology: Topology) => ({
  publish: () => {},
  publishBody: () => {},
  publishHandled: () => {},
  releasePlace: () => {},
  requestPlace: raise((_: unknown, params: unknown) => ({
    type: grantEvent(at(topology.nodes, (params as { node: number }).node).key),
    at: 0,
  })),
});

const unbound = (name: string) =>
  fromPromise(() => Promise.reject(new Error(`Nothing is bound to \`${name}\`: use \`bind\`, or a runner.`)));

interface Executed {
  readonly context: ScopeContext;
  readonly event: ChartInputEvent;
  readonly self: { send(event: { type: string; [field: string]: unknown }): void };
  readonly system: RunSystem;
}

class NodeRequest implements PlaceRequest {
  readonly node: number;
  readonly item = null;

  constructor(
    readonly topology: Topology,
    readonly bindings: ChartBindings,
    readonly plan: NodePlan,
    /** The event that lets it start. */
    readonly granted: string,
    readonly executed: Executed,
  ) {
    this.node = plan.index;
  }

  about(): AboutNode {
    return aboutNode(this.topology, this.executed.context, this.plan);
  }

  grant(): void {
    const { self, system } = this.executed;
    self.send({ type: this.granted, at: this.bindings.now(system) });
  }

  refuse(failure: Failure): void {
    this.executed.self.send({ type: refuseEvent(this.plan.key), failure });
  }
}

/** Made once for each node, as an event is found by its type far sooner that has been looked for before. */
function grantEvents(): (plan: NodePlan) => string {
  const known: string[] = [];
  return ({ index, key }) => {
    // The very text that is a key of the chart.
    known[index] ??= Object.keys({ [grantEvent(key)]: null })[0] as string;
    return known[index];
  };
}

function bindScope(topology: Topology, scope: Scope, bindings: ChartBindings): AnyStateMachine {
  const grantOf = grantEvents();
  return scope.machine.provide({
    actors: Object.fromEntries([
      ...bindings.actors,
      [DRAIN_ACTOR, bindings.drain],
      [COMPENSATION_ACTOR, bindings.compensation],
      ...scope.loops.map(
        ({ key, scope: body }) => [iterationActor(key), bindScope(topology, body, bindings)] as const,
      ),
      ...scope.batches.map(({ plan, bind }) => [batchActor(plan.key), bind(bindings)] as const),
    ]),
    delays: { [GRACE_DELAY]: bindings.gracePeriodMs },
    actions: {
      publish: ({ context, event, system }: Executed, params: PublishParams) => {
        if (isForListeners(params.type) && bindings.isUnheard(system)) return;
        const node = nodeOfPublished(context, params);
        bindings.publish(system, describePublished(topology, context, event, params), node);
      },
      publishBody: ({ context, system }: Executed, params: { loop: number }) => {
        for (const node of at(topology.loops, params.loop).body) {
          bindings.publish(system, settledEvent(topology, context, at(topology.nodes, node)), node);
        }
      },
      publishHandled: ({ context, event, system }: Executed, params: { loop: number }) => {
        const ended = event.output as ScopeContext;
        const loop = at(topology.loops, params.loop);
        for (const [node, handled] of handledOutside(topology, context, ended, loop)) {
          bindings.publish(system, handled, node);
        }
      },
      requestPlace: (executed: Executed, params: { node: number }) => {
        const { system } = executed;
        const plan = at(topology.nodes, params.node);
        bindings.requestPlace(system, new NodeRequest(topology, bindings, plan, grantOf(plan), executed));
      },
      releasePlace: ({ system }: Executed, params: { node: number }) =>
        bindings.releasePlace(system, { node: params.node, item: null }),
    },
  } as never);
}
