import { checkBackwardUses } from './analyze/backward-uses.js';
import { checkBatchItems } from './analyze/batch-items.js';
import { expandBranches } from './analyze/branch-uses.js';
import { splitEdges } from './analyze/cycles.js';
import { inferDependencies, reportInferred } from './analyze/data-dependencies.js';
import type { SplitEdges } from './analyze/draft-edge.js';
import { collectEdges } from './analyze/edges.js';
import { checkLoopEntries, checkStart, findStart } from './analyze/entry.js';
import { checkGroupPolicies } from './analyze/group-policies.js';
import { checkGroups, collectGroups } from './analyze/groups.js';
import { checkIdleEdges } from './analyze/idle-edges.js';
import { checkInterface } from './analyze/interface.js';
import { checkJoins } from './analyze/joins.js';
import { collectNames } from './analyze/names.js';
import { tabulateNodes } from './analyze/node-table.js';
import { checkNodeTypes } from './analyze/node-types.js';
import { checkPolicies } from './analyze/policies.js';
import { createProblems } from './analyze/problems.js';
import { parseTexts } from './analyze/references.js';
import { checkResources } from './analyze/resources.js';
import { checkState } from './analyze/state.js';
import { findStreams } from './analyze/streams.js';
import { checkLoops, findStructure, reportNesting } from './analyze/structure.js';
import { checkSubWorkflows, type SubWorkflowOptions } from './analyze/sub-workflows.js';
import { checkUnusedOutputs } from './analyze/unused-outputs.js';
import { checkWaits } from './analyze/waits.js';
import { checkWriters } from './analyze/writers.js';
import { assembleWorkflow } from './assemble.js';
import type { DiagnosticLog } from './diagnostics/diagnostic-log.js';
import type { Limits } from './limits.js';
import type { NodeTypeInfo } from './node-type-info.js';
import type { SourceWorkflow } from './schema/source-workflow.js';
import type { Workflow } from './workflow.js';

export interface NormalizeOptions extends SubWorkflowOptions {
  /** The node types that may be used; without it they are not checked. */
  readonly nodeTypes?: ReadonlyMap<string, NodeTypeInfo>;
  /** Names of resources besides those that the workflow declares; none if left out. */
  readonly resources?: ReadonlySet<string>;
  readonly limits: Limits;
}

/**
 * Resolves a document in the core form: runs the passes of `analyze/` one after the other and puts together what they find.
 *
 * @returns `null` where the graph makes no sense. Otherwise a workflow, which is fit to run only if no error was reported.
 */
export function normalizeWorkflow(
  source: SourceWorkflow,
  options: NormalizeOptions,
  log: DiagnosticLog,
): Workflow | null {
  const { core } = source;
  const { nodeTypes, limits, resources = new Set() } = options;
  const problems = createProblems(source, log, limits.diagnostics);
  checkPolicies(core, problems);
  checkResources(core, resources, problems);
  checkState(source, problems);
  const table = tabulateNodes(core.nodes, problems);
  const texts = parseTexts(source, table, collectNames(core, table, problems), limits, problems);
  checkInterface(core, texts, problems);
  checkBatchItems(core, table, texts, limits, problems);
  if (nodeTypes !== undefined) checkNodeTypes(table, texts, nodeTypes, source, problems);
  checkWaits(source, table, texts, problems);
  const inlines = checkSubWorkflows(source, table, texts, options, problems);

  const written = collectEdges(core, table, problems);
  const start = findStart(core, table, problems);
  const assumeIterations = core.ir_version === '0.1.0';
  const split = splitEdges(written, table, { start, assumeIterations }, problems);
  const drafts = collectGroups(core, table, written, problems);

  const outline = findStructure(split, table.size);
  if (outline === null) return tooDeep();
  const loopsSoFar = { all: outline.loops, tree: outline.tree };
  const uses = expandBranches(texts.uses, drafts);
  const data = inferDependencies(uses, outline.forward, outline.order, loopsSoFar);
  const edges: SplitEdges = { forward: [...split.forward, ...data.inferred.keys()], closing: split.closing };
  const structure = findStructure(edges, table.size);
  if (structure === null) return tooDeep();

  checkBackwardUses(data.backward, structure, table, problems);
  checkStart(start, edges, table, problems);
  checkJoins(table, edges.forward, structure.loops, problems);
  checkIdleEdges(core, table, edges, problems);
  checkUnusedOutputs(core, table, edges.forward, texts, nodeTypes, problems);
  checkWriters(core, table, structure.forward, structure.order, edges.forward, problems);
  const streams = findStreams(core, table, texts, uses, edges.forward, structure, problems);
  reportInferred(data.inferred, streams, table, problems);
  const scopes = checkLoops(structure, edges, table, problems);
  if (scopes === null || table.size === 0) return null;
  checkLoopEntries(start, edges, structure, table, problems);
  const groups = checkGroups(drafts, scopes, structure, table, problems);
  checkGroupPolicies(core, table, drafts, groups.placed, problems);
  return assembleWorkflow(source, {
    table,
    texts,
    edges,
    structure,
    scopes,
    drafts,
    groups,
    inlines,
    streams,
  });

  function tooDeep(): null {
    reportNesting('Loops are', '/edges', problems);
    return null;
  }
}
