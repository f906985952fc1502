import { type Path, pointerTo } from '../diagnostics/pointer.js';
import { describeValue, literal, quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import { type BlockGroup, type Entry, type Flow, FlowBuilder } from './block-flow.js';
import { readCore } from './core-reading.js';
import { type Dialect, hasAny, type JsonRecord, type LoweringContext, own } from './dialect.js';
import { nameEnds } from './edge-ends.js';

/**
 * Nested blocks: `{ "pipeline": [a, { "parallel": [b, c], "on_error": … }, d] }`. What stands in a pipeline runs one after the
 * other, what stands in a parallel block at once; everything else in them is a node. A parallel block is a parallel
 * group, with an `id` if its author gave it one, and may say whatever a group may. A block may also stand among the
 * `nodes` of a graph, beside ordinary nodes; edges lead to and from the nodes in it.
 */
export const blocks: Dialect = {
  name: 'blocks',

  matches: (document) =>
    isObject(document) &&
    (Object.hasOwn(document, 'nodes') ? listOfBlocks(document) !== null : isBlock(document)),

  lower(document, context) {
    if (!isObject(document)) return null;
    const among = listOfBlocks(document);
    const key = among === null ? kindOf(document) : 'nodes';
    const { [key]: list = [], edges: written, parallel_groups: options, ...workflow } = document;
    const builder = new FlowBuilder(context);
    const reader = new BlockReader(builder, context);
    // Beside the outermost block stands what the workflow says of itself, so that block has no options of its own.
    const flows =
      among === null
        ? [reader.block({ [key]: list }, [], false)]
        : among.map((element, i) => reader.element(element, ['nodes', i], false));
    for (const { entries } of flows) builder.connect([], entries, `/${key}`);
    if (!builder.complete) return null;
    const { edges, groups } = builder.finish(isObject(options) ? Object.keys(options) : []);
    const lowered: JsonRecord = {
      ...workflow,
      nodes: builder.nodes,
      edges: withWritten(edges, written, builder),
    };
    const merged = withGroups(options, groups, builder);
    if (merged !== undefined) lowered.parallel_groups = merged;
    return readCore(lowered, builder.pointers, false, context);
  },
};

type Kind = 'pipeline' | 'parallel';

function isBlock(value: JsonCopy): value is JsonRecord {
  return hasAny(value, ['pipeline', 'parallel']);
}

/** The nodes of a graph if a block stands among them, else `null`. */
function listOfBlocks(document: JsonRecord): readonly JsonCopy[] | null {
  const nodes = own(document, 'nodes');
  return Array.isArray(nodes) && nodes.some((node) => isBlock(node) && !Object.hasOwn(node, 'id'))
    ? nodes
    : null;
}

function kindOf(block: JsonRecord): Kind {
  return Object.hasOwn(block, 'pipeline') ? 'pipeline' : 'parallel';
}

/** Edges that the author wrote besides the blocks come after those of the blocks. */
function withWritten(edges: JsonRecord[], written: JsonCopy | undefined, builder: FlowBuilder): JsonCopy {
  if (written === undefined) return edges;
  if (!Array.isArray(written)) return written;
  written.forEach((_, i) => {
    builder.pointers.moved(`/edges/${edges.length + i}`, `/edges/${i}`);
  });
  nameEnds(written, edges.length, builder.pointers);
  return [...edges, ...written];
}

function withGroups(
  options: JsonCopy | undefined,
  groups: ReadonlyMap<string, BlockGroup>,
  builder: FlowBuilder,
): JsonCopy | undefined {
  if (groups.size === 0 || (options !== undefined && !isObject(options))) return options;
  const merged = new Map(Object.entries(options ?? {}));
  for (const [name, group] of groups) {
    const known = merged.get(name);
    merged.set(name, isObject(known) ? { ...known, ...group.options } : group.options);
    const lowered = `/parallel_groups${pointerTo([name])}`;
    if (known === undefined) builder.pointers.moved(lowered, group.pointer);
    else {
      for (const key of Object.keys(group.options)) {
        builder.pointers.moved(lowered + pointerTo([key]), group.pointer + pointerTo([key]));
      }
    }
  }
  return Object.fromEntries(merged);
}

/** Walks a tree of blocks. Recursive: the depth of a document is bounded before it gets here. */
class BlockReader {
  readonly #builder: FlowBuilder;
  readonly #context: LoweringContext;

  constructor(builder: FlowBuilder, context: LoweringContext) {
    this.#builder = builder;
    this.#context = context;
  }

  /** @param inParallel whether the block stands directly in a parallel block */
  block(block: JsonRecord, path: Path, inParallel: boolean): Flow {
    const kind = kindOf(block);
    const list = own(block, kind);
    const at = [...path, kind];
    if (!Array.isArray(list)) {
      this.#context.log.add({
        code: 'FC1004',
        severity: 'error',
        path: pointerTo(at),
        message: `${quote(kind)} must be a list, not ${describeValue(list)}.`,
        hint: `Write ${literal(kind)}: [{ "id": "fetch", "type": "echo" }]`,
      });
      return { entries: [], exits: [] };
    }
    return kind === 'pipeline'
      ? this.#pipeline(block, list, at)
      : this.#parallel(block, list, at, inParallel);
  }

  element(element: JsonCopy, path: Path, inParallel: boolean): Flow {
    return isBlock(element)
      ? this.block(element, path, inParallel)
      : this.#builder.node(element, pointerTo(path));
  }

  #pipeline(block: JsonRecord, list: readonly JsonCopy[], at: Path): Flow {
    for (const key of Object.keys(block)) if (key !== 'pipeline') this.#unknownKey(key, at.slice(0, -1));
    let entries: readonly Entry[] = [];
    let exits: readonly string[] = [];
    list.forEach((element, i) => {
      const path = [...at, i];
      const flow = this.element(element, path, false);
      if (flow.entries.length === 0) return;
      if (exits.length === 0) entries = flow.entries;
      else this.#builder.connect(exits, flow.entries, pointerTo(path));
      exits = flow.exits;
    });
    return { entries, exits };
  }

  #parallel(block: JsonRecord, list: readonly JsonCopy[], at: Path, inParallel: boolean): Flow {
    const { parallel: _, id, ...options } = block;
    const pointer = pointerTo(at.slice(0, -1));
    const says = Object.keys(options).length > 0;
    // Blocks that stand directly in each other and say nothing are one group: there is nothing to tell them apart by.
    const group =
      inParallel && !says && id === undefined
        ? null
        : this.#builder.group({ id: typeof id === 'string' ? id : null, options, pointer });
    if (id !== undefined && typeof id !== 'string') this.#wrongId(id, at.slice(0, -1));
    const flows = list.map((element, i) => this.element(element, [...at, i], true));
    const entries = flows.flatMap((flow) => flow.entries);
    if (group !== null && says && entries.some((entry) => entry.group !== null))
      this.#branchStartsParallel(pointer);
    return {
      entries: entries.map((entry) => ({ ...entry, group: entry.group ?? group })),
      exits: flows.flatMap((flow) => flow.exits),
    };
  }

  #unknownKey(key: string, path: Path): void {
    this.#context.log.add({
      code: 'FC1003',
      severity: 'error',
      path: pointerTo([...path, key]),
      message: `A pipeline block has an unknown key ${quote(key)}.`,
      hint: 'Say it of a node, of a parallel block or of the workflow: a pipeline block has no options.',
      fix: [{ op: 'remove', path: pointerTo([...path, key]) }],
    });
  }

  #wrongId(id: JsonCopy, path: Path): void {
    this.#context.log.add({
      code: 'FC1004',
      severity: 'error',
      path: pointerTo([...path, 'id']),
      message: `The "id" of a parallel block must be a text, not ${describeValue(id)}.`,
      hint: 'Write "id": "research", or leave it out.',
    });
  }

  /** A branch belongs to a group by its first node, and a node is in one group. */
  #branchStartsParallel(pointer: string): void {
    this.#context.log.add({
      code: 'FC4001',
      severity: 'error',
      path: pointer,
      message: 'A parallel block with options has a branch that begins with another parallel block.',
      hint: 'Begin that branch with a node, for instance { "id": "begin", "type": "echo" }, or leave the options out.',
    });
  }
}
