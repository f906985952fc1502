import { pointerSegments, pointerTo } from '../diagnostics/pointer.js';
import { ForkchartError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Limits } from '../limits.js';
import type { CoreNode } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import { type Condition, parseCondition } from '../template/condition.js';
import type { Reference } from '../template/reference.js';
import { parseTemplate, type Template } from '../template/template.js';
import { type Misnaming, reportMisnamings } from './misnamings.js';
import type { Names } from './names.js';
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
  /** By vertex. */
  readonly params: readonly Template[];
  /** By vertex; `null` for none, or for one that cannot be parsed. */
  readonly conditions: readonly (Condition | null)[];
  /** By index into the core form's edges. */
  readonly edgeConditions: readonly (Condition | null)[];
  readonly outputs: readonly { readonly name: string; readonly source: Template }[];
  /** What nodes and edges need of nodes, in order of declaration. */
  readonly uses: readonly DataUse[];
  /** Nodes that an output of the workflow needs. */
  readonly outputNodes: ReadonlySet<number>;
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
  const outputNodes = new Set<number>();
  const misnamings: Misnaming[] = [];
  const lookUp = (
    references: readonly Reference[],
    text: (reference: Reference) => string | undefined,
    node: CoreNode | null,
    found: (vertex: number, reference: Reference) => void,
  ): void => {
    for (const reference of references) {
      const meaning = names.meaningOf(reference, node);
      if (meaning.kind === 'node') found(meaning.vertex, reference);
      else if (meaning.kind === 'nothing') {
        misnamings.push({
          reference,
          candidates: meaning.candidates,
          text: text(reference),
          inOutput: node === null,
        });
      }
    }
  };
  const condition = (when: string | undefined, at: string): Condition | null =>
    when === undefined ? null : readCondition(when, source.pointerOf(at), limits, problems);

  const params: Template[] = [];
  const conditions: (Condition | null)[] = [];
  table.nodes.forEach((node, consumer) => {
    const need = (producer: number, reference: Reference): void => {
      uses.push({ producer, consumer, reference, edge: null });
    };
    const base = source.pointerOf(`/nodes/${consumer}/params`);
    const template = parseTemplate(node.params, base, problems.addInSource, limits);
    params.push(template);
    lookUp(
      template.references,
      ({ pointer }) => stringAt(node.params, pointer.slice(base.length)),
      node,
      need,
    );
    const when = condition(node.when, `/nodes/${consumer}/when`);
    conditions.push(when);
    lookUp(when?.references ?? [], () => node.when, node, need);
  });

  const edgeConditions = core.edges.map((edge, i) => {
    const at = `/edges/${i}`;
    const when = condition(edge.when, `${at}/when`);
    const consumer = table.vertex(edge.from);
    const node = consumer === undefined ? undefined : table.nodes[consumer];
    if (when === null || consumer === undefined || node === undefined) return when;
    lookUp(
      when.references,
      () => edge.when,
      node,
      (producer, reference) => {
        if (producer !== consumer) uses.push({ producer, consumer, reference, edge: at });
      },
    );
    return when;
  });

  const outputs = Object.entries(core.outputs).map(([name, output]) => {
    const base = source.pointerOf(pointerTo(['outputs', name, 'source']));
    const template = parseTemplate(output.source, base, problems.addInSource, limits);
    lookUp(
      template.references,
      () => output.source,
      null,
      (vertex) => outputNodes.add(vertex),
    );
    return { name, source: template };
  });

  reportMisnamings(misnamings, problems);
  return { params, conditions, edgeConditions, outputs, uses, outputNodes };
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
