import type { DraftEdge, SplitEdges } from './analyze/draft-edge.js';
import type { DraftGroup } from './analyze/groups.js';
import type { NodeTable } from './analyze/node-table.js';
import type { ParsedTexts } from './analyze/references.js';
import type { Structure } from './analyze/structure.js';
import { deepFreeze } from './deep-freeze.js';
import { pointerTo } from './diagnostics/pointer.js';
import type { PlacedGroups } from './graph/branches.js';
import { layOut } from './graph/layout.js';
import type { Scopes } from './graph/scopes.js';
import { hashJson } from './hash.js';
import type { JsonValue } from './json.js';
import type { CoreNode, CoreRetry } from './schema/core.js';
import type { SourceWorkflow } from './schema/source-workflow.js';
import type {
  JoinPolicy,
  RetryPolicy,
  Workflow,
  WorkflowEdge,
  WorkflowGroup,
  WorkflowInput,
  WorkflowLoop,
  WorkflowNode,
} from './workflow.js';

/** What the passes have found out about a sound workflow. */
export interface Parts {
  readonly table: NodeTable;
  readonly texts: ParsedTexts;
  readonly edges: SplitEdges;
  readonly structure: Structure;
  readonly scopes: Scopes;
  readonly drafts: readonly DraftGroup[];
  readonly groups: PlacedGroups;
}

/** Puts a workflow together: ids for vertices, the author's pointers for those into the core form, defaults for what is left out. */
export function assembleWorkflow(source: SourceWorkflow, parts: Parts): Workflow {
  const { core } = source;
  const { table, texts, structure, scopes, groups } = parts;
  const oneAtATime = core.execution_mode === 'sequential' || core.ir_version === '0.1.0';
  return {
    irVersion: core.ir_version,
    id: core.id ?? 'workflow',
    description: core.description ?? null,
    hash: hashJson(core as JsonValue),
    inputs: Object.entries(core.inputs).map(([name, input]): WorkflowInput => {
      const { description = null, type, required } = input;
      const rest = { name, description, type, required };
      return input.default === undefined ? rest : { ...rest, default: deepFreeze(input.default) };
    }),
    outputs: texts.outputs.map(({ name, source: template }) => ({
      name,
      description: (Object.hasOwn(core.outputs, name) ? core.outputs[name]?.description : null) ?? null,
      source: template,
      pointer: source.pointerOf(pointerTo(['outputs', name])),
    })),
    nodes: table.nodes.map((node, v) => assembleNode(node, v, parts, source)),
    edges: assembleEdges(parts, source),
    loops: structure.loops.map(({ header, body }, i): WorkflowLoop => {
      const parent = structure.tree.parents[i] ?? -1;
      const id = table.id(header);
      return { id, header: id, body: body.map((v) => table.id(v)), parent: parent === -1 ? null : parent };
    }),
    groups: assembleGroups(parts, source),
    layout: layOut(scopes, groups, (v) => table.id(v)),
    maxConcurrency: oneAtATime ? 1 : (core.max_concurrency ?? null),
    scheduling: oneAtATime ? 'in_order' : 'longest_path',
    resources: [],
    state: [],
    onError: core.on_error === 'fail_safe' ? 'fail_safe' : 'fail_fast',
    timeoutMs: core.timeout_ms ?? null,
    timeoutPointer: source.pointerOf('/timeout_ms'),
    inputsPointer: source.pointerOf('/inputs'),
  };
}

function assembleNode(
  node: CoreNode,
  v: number,
  { table, texts }: Parts,
  source: SourceWorkflow,
): WorkflowNode {
  const params = texts.params[v];
  if (params === undefined) throw new Error(`Node ${v} has no parsed params.`);
  const at = `/nodes/${v}`;
  return {
    id: table.id(v),
    type: node.type,
    purpose: node.purpose ?? null,
    params,
    when: texts.conditions[v] ?? null,
    retry: node.retry === undefined ? null : retryPolicy(node.retry),
    attemptTimeoutMs: node.timeout?.attempt_ms ?? null,
    totalTimeoutMs: node.timeout?.total_ms ?? null,
    onError: node.on_error ?? null,
    join: joinPolicy(node.join, source.pointerOf(`${at}/join`)),
    fallback: Object.hasOwn(node, 'fallback') ? { value: deepFreeze(node.fallback ?? null) } : null,
    batch: null,
    stream: false,
    uses: [],
    priority: 0,
    reads: node.reads ?? [],
    writes: node.writes ?? [],
    compensate: null,
    inline: null,
    estimateMs: node.estimate_ms ?? null,
    pointer: source.pointerOf(at),
    paramsPointer: source.pointerOf(`${at}/params`),
    whenPointer: source.pointerOf(`${at}/when`),
    timeoutPointer: source.pointerOf(`${at}/timeout`),
  };
}

function retryPolicy(retry: CoreRetry): RetryPolicy {
  return {
    maxAttempts: retry.max_attempts,
    initialMs: retry.initial_ms,
    factor: retry.backoff,
    maxDelayMs: retry.max_delay_ms,
    jitter: retry.jitter,
    maxElapsedMs: retry.max_elapsed_ms ?? null,
    retryOn: retry.retry_on ?? null,
    notOn: retry.not_on ?? [],
  };
}

function joinPolicy(join: CoreNode['join'], pointer: string): JoinPolicy {
  const policy = join?.policy ?? 'all_success';
  const count = policy === 'one_success' ? 1 : policy === 'quorum' ? (join?.count ?? 1) : 0;
  return { policy, count, cancelRest: join?.cancel_rest ?? false, pointer };
}

/** Edges as their author declared them, then dependencies, then what was found in templates. */
function assembleEdges({ edges, table, texts, structure }: Parts, source: SourceWorkflow): WorkflowEdge[] {
  const loopOf = new Map(structure.loops.map((loop, i) => [loop.header, i]));
  const closing = new Set(edges.closing);
  const explicit: DraftEdge[] = [];
  const implicit: DraftEdge[] = [];
  for (const edge of [...edges.forward, ...edges.closing])
    (edge.index === null ? implicit : explicit).push(edge);
  explicit.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  return [...explicit, ...implicit].map((edge) => ({
    from: table.id(edge.from),
    to: table.id(edge.to),
    action: edge.action,
    when: edge.index === null ? null : (texts.edgeConditions[edge.index] ?? null),
    origin: edge.origin,
    catches: null,
    streams: false,
    closes: closing.has(edge) ? (loopOf.get(edge.to) ?? null) : null,
    maxIterations: closing.has(edge) ? edge.maxIterations : null,
    pointer: source.pointerOf(edge.at),
    whenPointer: source.pointerOf(edge.index === null ? edge.at : `${edge.at}/when`),
  }));
}

function assembleGroups({ drafts, groups, table }: Parts, source: SourceWorkflow): WorkflowGroup[] {
  const placed = new Map(groups.placed.map((group) => [group.group, group]));
  return drafts.map(({ id, description, fork, at }, i) => ({
    id,
    description,
    fork: fork === null ? null : table.id(fork),
    onError: null,
    tolerate: null,
    cancel: 'abort',
    maxConcurrency: null,
    branches: (placed.get(i)?.branches ?? []).map(({ member, vertices }) => ({
      member: table.id(member),
      nodes: vertices.map((v) => table.id(v)),
    })),
    pointer: source.pointerOf(at),
  }));
}
