import { pointerSegments, pointerTo } from '../diagnostics/pointer.js';
import { ForkchartError } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Limits } from '../limits.js';
import type { CoreNode } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import { type Condition, parseCondition } from '../template/condition.js';
import type { Reference } from '../template/reference.js';
import { parseTemplate, type Template } from '../template/template.js';
import { type Misnaming, reportMisnamings } from './misnamings.js';
import type { Names, Place } from './names.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** A place that needs what a node produces. */
export interface DataUse {
  readonly producer: number;
  /** The node that has to wait; for the condition of an edge, the node that the edge leaves, as it is decided there. */
  readonly consumer: number;
  readonly reference: Reference;
  /** Pointer into the core form of the edge whose condition it is; `null` for what stands in a node. */
  readonly edge: string | null;
}

/** Every string of a workflow that may hold references, parsed. */
export interface ParsedTexts {
  /** By vertex; of a sub-workflow all but `inline`, whose strings are its own. */
  readonly params: readonly Template[];
  /** By vertex: the `items` of a `batch`; `null` for none. */
  readonly items: readonly (Template | null)[];
  /** By vertex: the parameters of `compensate`; `null` for none. */
  readonly compensations: readonly (Template | null)[];
  /** By vertex; `null` for none, or for one that cannot be parsed. */
  readonly conditions: readonly (Condition | null)[];
  /** By index into the core form's edges. */
  readonly edgeConditions: readonly (Condition | null)[];
  readonly outputs: readonly { readonly name: string; readonly source: Template }[];
  /** What nodes and edges need of nodes, in order of declaration. */
  readonly uses: readonly DataUse[];
  /** Nodes that an output of the workflow needs, or a compensation, which runs after everything else. */
  readonly usedInTheEnd: ReadonlySet<number>;
  /** By vertex, if there are any: the keys of the state that the node, or the condition of an edge that leaves it, looks at. */
  readonly stateKeys: ReadonlyMap<number, ReadonlySet<string>>;
}

/** FC3001, FC3002, FC3003, FC3005: parses templates and conditions and looks up what they name. */
export function parseTexts(
  source: SourceWorkflow,
  table: NodeTable,
  names: Names,
  limits: Limits,
  problems: Problems,
): ParsedTexts {
  const { core } = source;
  const uses: DataUse[] = [];
  const usedInTheEnd = new Set<number>();
  const stateKeys = new Map<number, Set<string>>();
  const misnamings: Misnaming[] = [];
  const lookUp = (
    references: readonly Reference[],
    text: (reference: Reference) => string | undefined,
    place: Place,
    found: (vertex: number, reference: Reference) => void,
  ): void => {
    for (const reference of references) {
      const meaning = names.meaningOf(reference, place);
      if (meaning.kind === 'node') found(meaning.vertex, reference);
      else if (meaning.kind === 'state') {
        const { vertex } = place;
        if (vertex !== null) stateKeys.set(vertex, (stateKeys.get(vertex) ?? new Set()).add(meaning.key));
      } else if (meaning.kind === 'nothing') {
        const { candidates, within } = meaning;
        const inOutput = place.vertex === null;
        misnamings.push({ reference, candidates, within, text: text(reference), inOutput });
      }
    }
  };
  const condition = (when: string | undefined, at: string): Condition | null =>
    when === undefined ? null : readCondition(when, source.pointerOf(at), limits, problems);
  const template = (
    value: JsonValue,
    at: string,
    place: Place,
    found: (vertex: number, reference: Reference) => void,
  ): Template => {
    const base = source.pointerOf(at);
    const parsed = parseTemplate(value, base, problems.addInSource, limits);
    lookUp(parsed.references, ({ pointer }) => stringAt(value, pointer.slice(base.length)), place, found);
    return parsed;
  };

  const params: Template[] = [];
  const items: (Template | null)[] = [];
  const compensations: (Template | null)[] = [];
  const conditions: (Condition | null)[] = [];
  table.nodes.forEach((node, vertex) => {
    const at = `/nodes/${vertex}`;
    const need = (producer: number, reference: Reference): void => {
      uses.push({ producer, consumer: vertex, reference, edge: null });
    };
    const once: Place = { vertex, perItem: false, inNode: true };
    params.push(template(ownParams(node), `${at}/params`, { ...once, perItem: true }, need));
    items.push(node.batch === undefined ? null : template(node.batch.items, `${at}/batch/items`, once, need));
    const when = condition(node.when, `${at}/when`);
    conditions.push(when);
    lookUp(when?.references ?? [], () => node.when, once, need);
    const afterwards: Place = { vertex, perItem: false, inNode: false };
    const undo = node.compensate;
    compensations.push(
      undo === undefined
        ? null
        : template(undo.params, `${at}/compensate/params`, afterwards, (needed) => usedInTheEnd.add(needed)),
    );
  });

  const edgeConditions = core.edges.map((edge, i) => {
    const at = `/edges/${i}`;
    const when = condition(edge.when, `${at}/when`);
    const consumer = table.vertex(edge.from);
    if (when === null || consumer === undefined) return when;
    const place: Place = { vertex: consumer, perItem: false, inNode: false };
    lookUp(
      when.references,
      () => edge.when,
      place,
      (producer, reference) => {
        if (producer !== consumer) uses.push({ producer, consumer, reference, edge: at });
      },
    );
    return when;
  });

  const inTheEnd: Place = { vertex: null, perItem: false, inNode: false };
  const outputs = Object.entries(core.outputs).map(([name, output]) => {
    const at = pointerTo(['outputs', name, 'source']);
    return { name, source: template(output.source, at, inTheEnd, (needed) => usedInTheEnd.add(needed)) };
  });

  reportMisnamings(misnamings, problems);
  return {
    params,
    items,
    compensations,
    conditions,
    edgeConditions,
    outputs,
    uses,
    usedInTheEnd,
    stateKeys,
  };
}

/** The parameters whose strings are read in this workflow. */
function ownParams({ type, params }: CoreNode): JsonObject {
  if (type !== 'workflow') return params;
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== 'inline'));
}

/** FC3003: a condition that cannot be parsed counts as none. */
function readCondition(when: string, path: string, limits: Limits, problems: Problems): Condition | null {
  try {
    return parseCondition(when, path, limits);
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    problems.addInSource({
      code: error.code,
      severity: 'error',
      path: error.path ?? path,
      message: error.message,
      hint: error.hint,
    });
    return null;
  }
}

/** The string at a pointer, which is known to lead to one. */
function stringAt(value: JsonValue, pointer: string): string | undefined {
  let at: JsonValue | undefined = value;
  for (const key of pointerSegments(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as { readonly [key: string]: JsonValue })[key];
  }
  return typeof at === 'string' ? at : undefined;
}
