import { INITIAL } from './analyze/state.js';
import { assembleEdges } from './assemble/edges.js';
import { assembleGroups, nodesThatContinue } from './assemble/groups.js';
import { assembleNode } from './assemble/node.js';
import type { Parts } from './assemble/parts.js';
import { deepFreeze } from './deep-freeze.js';
import { pointerTo } from './diagnostics/pointer.js';
import { layOut } from './graph/layout.js';
import { hashJson } from './hash.js';
import type { JsonValue } from './json.js';
import type { SourceWorkflow } from './schema/source-workflow.js';
import type { StateKey, Workflow, WorkflowInput, WorkflowLoop, WorkflowResource } from './workflow.js';

/** Puts a workflow together: ids for vertices, the author's pointers for those into the core form, defaults for what is left out. */
export function assembleWorkflow(source: SourceWorkflow, parts: Parts): Workflow {
  const { core } = source;
  const { table, texts, structure, scopes, groups: placed } = parts;
  const oneAtATime = core.execution_mode === 'sequential' || core.ir_version === '0.1.0';
  const groups = assembleGroups(parts, source);
  const goesOn = nodesThatContinue(groups, source);
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
    nodes: table.nodes.map((node, v) => assembleNode(node, v, parts, source, goesOn)),
    edges: assembleEdges(parts, source),
    loops: structure.loops.map(({ header, body }, i): WorkflowLoop => {
      const parent = structure.tree.parents[i] ?? -1;
      const id = table.id(header);
      return { id, header: id, body: body.map((v) => table.id(v)), parent: parent === -1 ? null : parent };
    }),
    groups,
    layout: layOut(scopes, placed, (v) => table.id(v)),
    maxConcurrency: oneAtATime ? 1 : (core.max_concurrency ?? null),
    scheduling: oneAtATime ? 'in_order' : 'longest_path',
    resources: assembleResources(source),
    state: assembleState(source),
    onError: core.on_error === 'fail_safe' ? 'fail_safe' : 'fail_fast',
    timeoutMs: core.timeout_ms ?? null,
    timeoutPointer: source.pointerOf('/timeout_ms'),
    inputsPointer: source.pointerOf('/inputs'),
  };
}

function assembleResources(source: SourceWorkflow): WorkflowResource[] {
  return Object.entries(source.core.resources ?? {}).map(([name, { concurrency, capacity, rate }]) => ({
    name,
    concurrency: concurrency ?? null,
    capacity: capacity ?? null,
    rate: rate === undefined ? null : { limit: rate.limit, perMs: rate.per_ms },
    pointer: source.pointerOf(pointerTo(['resources', name])),
  }));
}

function assembleState(source: SourceWorkflow): StateKey[] {
  return Object.entries(source.core.state ?? {}).map(([name, { reducer, schema, default: value }]) => ({
    name,
    reducer,
    schema: schema === undefined ? null : deepFreeze(schema),
    default: deepFreeze(value === undefined ? INITIAL[reducer] : value),
    pointer: source.pointerOf(pointerTo(['state', name])),
  }));
}
