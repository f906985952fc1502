import type { WorkflowNode } from '../../ir/workflow.js';
import { attemptsAt, type ScopeContext } from '../context.js';
import { PageEditor } from '../pages.js';
import { keysWrittenBy } from '../state.js';
import type { EdgePlan, NodePlan, Topology } from '../topology.js';

const known = new WeakMap<Topology, Map<number, readonly EdgePlan[]>>();

/**
 * The edges on which a node's results pass to batches that are at work beside it. A batch that has something else to wait for
 * behind this node, or is in another loop, could not begin before the node has ended: it finds the results in its output.
 */
export function streamsFrom(topology: Topology, node: number): readonly EdgePlan[] {
  const ofTopology = known.get(topology) ?? new Map<number, readonly EdgePlan[]>();
  known.set(topology, ofTopology);
  const streams = ofTopology.get(node) ?? findStreams(topology, topology.nodes[node]);
  ofTopology.set(node, streams);
  return streams;
}

/** The node whose results a batch works on while they come in; `null` for any other batch. */
export function streamInto(topology: Topology, plan: NodePlan): NodePlan | null {
  for (const { edge, from } of plan.incoming) {
    const source = topology.nodes[from];
    if (!edge.streams || source === undefined) continue;
    if (streamsFrom(topology, from).some(({ to }) => to === plan.index)) return source;
  }
  return null;
}

const RESULTS = ['', 'output', 'results', 'output.results'];

/** The batch whose results this one works on, by what that calls its items; at work beside it or before it. */
export function batchBefore(topology: Topology, { batch }: WorkflowNode): NodePlan | null {
  const template = batch?.items.kind === 'template' ? batch.items.template : null;
  const [reference] = template?.references ?? [];
  if (reference === undefined || template?.source !== reference.text) return null;
  const source = topology.nodes[topology.nodeIndex.get(reference.root) ?? -1];
  const part = reference.segments.map((segment) => (segment.kind === 'field' ? segment.name : segment.kind));
  const isBatch = source !== undefined && source.node.batch !== null;
  return isBatch && RESULTS.includes(part.join('.')) ? source : null;
}

/** Takes the edges on which a batch that now starts passes its results: what they lead to starts as well. */
export function takeStreams(topology: Topology, context: ScopeContext, node: number): ScopeContext {
  const streams = streamsFrom(topology, node);
  if (streams.length === 0) return context;
  const edges = new PageEditor(context.edges);
  const undecided = new PageEditor(context.undecided);
  for (const { index, target } of streams) {
    edges.set(index, { kind: 'taken' });
    undecided.set(target, (undecided.get(target) ?? 0) - 1);
  }
  return { ...context, edges: edges.list, undecided: undecided.list };
}

/** Whether an edge was decided when its source began, and not by how that ended. */
export function isTakenAtStart(topology: Topology, context: ScopeContext, plan: EdgePlan): boolean {
  return (
    plan.edge.streams && attemptsAt(context, plan.from) > 0 && streamsFrom(topology, plan.from).includes(plan)
  );
}

/** Whether anything but the stages after it can see the single results of a batch. */
export function keepsResults(topology: Topology, plan: NodePlan): boolean {
  const streams = streamsFrom(topology, plan.index);
  if (streams.length === 0) return true;
  // By an edge of any other kind, a function sees the outputs of the nodes before it.
  if (plan.outgoing.some((edge) => !streams.includes(edge))) return true;
  // A batch gives the field of its output to a key of the same name.
  if (keysWrittenBy(topology, plan.node).some(({ name }) => name === 'results')) return true;
  const stages = new Set(streams.map(({ to }) => to));
  const seenAs = namesOf(topology, plan);
  const sees = (references: readonly { readonly root: string }[]) =>
    references.some(({ root }) => seenAs.has(root));
  const { nodes, edges, outputs } = topology.workflow;
  return (
    nodes.some((node, index) => sees(referencesOf(node, !stages.has(index)))) ||
    edges.some(({ when }) => sees(when?.references ?? [])) ||
    outputs.some(({ source }) => sees(source.references))
  );
}

function findStreams(topology: Topology, source: NodePlan | undefined): readonly EdgePlan[] {
  if (source === undefined || !source.node.stream || source.node.batch === null) return [];
  return source.outgoing.filter((plan) => {
    const target = topology.nodes[plan.to];
    const isStream = plan.edge.streams && plan.edge.closes === null && plan.target === plan.to;
    if (!isStream || target === undefined || target.node.batch === null) return false;
    return target.loop === source.loop && !waitsForEnd(topology, source, plan.to);
  });
}

/** Whether a way leads from a node to another besides the streams between the two. A loop is waited for as a whole. */
function waitsForEnd(topology: Topology, source: NodePlan, target: number): boolean {
  const isDirect = (plan: EdgePlan) => plan.from === source.index && plan.to === target && plan.edge.streams;
  const reached = new Set<number>();
  const pending: NodePlan[] = [source];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const plan of from.outgoing) {
      if (plan.edge.closes !== null || isDirect(plan)) continue;
      for (const to of topology.loops[plan.target - topology.nodes.length]?.body ?? [plan.to]) {
        const next = topology.nodes[to];
        if (reached.has(to) || next === undefined) continue;
        reached.add(to);
        pending.push(next);
      }
    }
  }
  return reached.has(target);
}

/** What a node may be called in a reference: its id, and that of a node whose branch it is. */
function namesOf(topology: Topology, { node, index }: NodePlan): ReadonlySet<string> {
  const forks = [...topology.branches].filter(([, members]) => members.includes(index));
  return new Set([node.id, ...forks.flatMap(([fork]) => topology.nodes[fork]?.node.id ?? [])]);
}

function referencesOf(node: WorkflowNode, withItems: boolean) {
  const items = withItems && node.batch?.items.kind === 'template' ? node.batch.items.template : null;
  return [node.params, node.when, node.compensate?.params, items].flatMap((part) => part?.references ?? []);
}
