import { checkBackwardUses } from './analyze/backward-uses.js';
import { expandBranches } from './analyze/branch-uses.js';
import { splitEdges } from './analyze/cycles.js';
import { inferDependencies } from './analyze/data-dependencies.js';
import type { DraftEdge, SplitEdges } from './analyze/draft-edge.js';
import { collectEdges } from './analyze/edges.js';
import { checkLoopEntries, checkStart, findStart } from './analyze/entry.js';
import { checkGroups, collectGroups, type DraftGroup } from './analyze/groups.js';
import { checkJoins } from './analyze/joins.js';
import { collectNames } from './analyze/names.js';
import { type NodeTable, tabulateNodes } from './analyze/node-table.js';
import { checkNodeTypes } from './analyze/node-types.js';
import { checkNotYet, NOT_YET_TYPES } from './analyze/not-yet.js';
import { createProblems } from './analyze/problems.js';
import { type ParsedTexts, parseTexts } from './analyze/references.js';
import { checkLoops, findStructure, reportNesting, type Structure } from './analyze/structure.js';
import { checkUnusedOutputs } from './analyze/unused-outputs.js';
import { checkWriters } from './analyze/writers.js';
import { pointerTo } from './diagnostics/pointer.js';
import type { Report } from './diagnostics/report.js';
import type { PlacedGroups } from './graph/branches.js';
import { layOut } from './graph/layout.js';
import type { Scopes } from './graph/scopes.js';
import { hashJson } from './hash.js';
import type { JsonValue } from './json.js';
import type { NodeTypeInfo } from './node-type-info.js';
import type { CoreNode, CoreRetry } from './schema/core.js';
import type { SourceWorkflow } from './schema/source-workflow.js';
import type {
  RetryPolicy,
  Workflow,
  WorkflowEdge,
  WorkflowGroup,
  WorkflowInput,
  WorkflowLoop,
  WorkflowNode,
} from './workflow.js';

export interface NormalizeOptions {
  /** The node types that may be used; without it they are not checked. */
  readonly nodeTypes?: ReadonlyMap<string, NodeTypeInfo>;
  /** How many misspelt names are looked up at most. */
  readonly suggestions: number;
}

/**
 * Resolves a document in the core form: runs the passes of `analyze/` one after the other and puts together what they find.
 *
 * @returns `null` where the graph makes no sense. Otherwise a workflow, which is fit to run only if no error was reported.
 */
export function normalizeWorkflow(
  source: SourceWorkflow,
  { nodeTypes, suggestions }: NormalizeOptions,
  report: Report,
): Workflow | null {
  const { core } = source;
  const problems = createProblems(source, report, suggestions);
  checkNotYet(core, problems);
  const table = tabulateNodes(core.nodes, problems);
  const texts = parseTexts(source, table, collectNames(core, table, problems), problems);
  if (nodeTypes !== undefined) {
    const paramsAt = (vertex: number): string => source.pointerOf(`/nodes/${vertex}/params`);
    checkNodeTypes(table, texts.params, nodeTypes, NOT_YET_TYPES, paramsAt, problems);
  }

  const written = collectEdges(core, table, problems);
  const start = findStart(core, table, problems);
  const assumeIterations = core.ir_version === '0.1.0';
  const split = splitEdges(written, table, { start, assumeIterations }, problems);
  const drafts = collectGroups(core, table, written, problems);

  const outline = findStructure(split, table.size);
  if (outline === null) return tooDeep();
  const loopsSoFar = { all: outline.loops, tree: outline.tree };
  const uses = expandBranches(texts.uses, drafts);
  const data = inferDependencies(uses, outline.forward, outline.order, loopsSoFar, table, problems);
  const edges: SplitEdges = { forward: [...split.forward, ...data.inferred], closing: split.closing };
  const structure = findStructure(edges, table.size);
  if (structure === null) return tooDeep();

  checkBackwardUses(data.backward, structure, table, problems);
  checkStart(start, edges, table, problems);
  checkJoins(table, edges.forward, problems);
  checkUnusedOutputs(core, table, edges.forward, texts, problems);
  checkWriters(table, structure.forward, structure.order, edges.forward, problems);
  const scopes = checkLoops(structure, edges, table, problems);
  if (scopes === null || table.size === 0) return null;
  checkLoopEntries(start, edges, structure, table, problems);
  const groups = checkGroups(drafts, scopes, structure, table, problems);
  return assemble(source, { table, texts, edges, structure, scopes, drafts, groups });

  function tooDeep(): null {
    reportNesting('Loops are', '/edges', problems);
    return null;
  }
}

interface Parts {
  readonly table: NodeTable;
  readonly texts: ParsedTexts;
  readonly edges: SplitEdges;
  readonly structure: Structure;
  readonly scopes: Scopes;
  readonly drafts: readonly DraftGroup[];
  readonly groups: PlacedGroups;
}

function assemble(source: SourceWorkflow, parts: Parts): Workflow {
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
      return input.default === undefined ? rest : { ...rest, default: input.default };
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
    onError: core.on_error === 'fail_safe' ? 'fail_safe' : 'fail_fast',
    timeoutMs: core.timeout_ms ?? null,
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
  return {
    id: table.id(v),
    type: node.type,
    purpose: node.purpose ?? null,
    params,
    when: texts.conditions[v] ?? null,
    retry: node.retry === undefined ? null : retryPolicy(node.retry),
    attemptTimeoutMs: node.timeout?.attempt_ms ?? null,
    onError: node.on_error === 'continue' ? 'continue' : 'fail',
    estimateMs: node.estimate_ms ?? null,
    pointer: source.pointerOf(`/nodes/${v}`),
  };
}

function retryPolicy(retry: CoreRetry): RetryPolicy {
  return {
    maxAttempts: retry.max_attempts,
    initialMs: retry.initial_ms,
    factor: retry.backoff,
    maxDelayMs: retry.max_delay_ms,
    jitter: retry.jitter,
  };
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
    closes: closing.has(edge) ? (loopOf.get(edge.to) ?? null) : null,
    maxIterations: closing.has(edge) ? edge.maxIterations : null,
    pointer: source.pointerOf(edge.at),
  }));
}

function assembleGroups({ drafts, groups, table }: Parts, source: SourceWorkflow): WorkflowGroup[] {
  const placed = new Map(groups.placed.map((group) => [group.group, group]));
  return drafts.map(({ id, description, fork, at }, i) => ({
    id,
    description,
    fork: fork === null ? null : table.id(fork),
    branches: (placed.get(i)?.branches ?? []).map(({ member, vertices }) => ({
      member: table.id(member),
      nodes: vertices.map((v) => table.id(v)),
    })),
    pointer: source.pointerOf(at),
  }));
}
