import { PointerMap } from '../diagnostics/pointer-map.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import { type JsonRecord, type LoweringContext, own } from './dialect.js';
import { allows } from './limit-checks.js';

/** A parallel block that is a group of its own. */
export interface BlockGroup {
  /** `null` where its author gave none: named last, when all the names that are taken are known. */
  readonly id: string | null;
  readonly options: JsonRecord;
  readonly pointer: string;
}

/** A node through which control comes into a block. */
export interface Entry {
  readonly node: JsonRecord;
  readonly id: string;
  readonly group: BlockGroup | null;
}

/** A block as seen from outside: where control comes in and where it goes out. */
export interface Flow {
  readonly entries: readonly Entry[];
  readonly exits: readonly string[];
}

/** Collects the nodes and edges that a tree of blocks stands for. */
export class FlowBuilder {
  readonly nodes: JsonCopy[] = [];
  /** From pointers into the lowered document to the author's. */
  readonly pointers = new PointerMap();
  readonly #edges: { readonly from: string; readonly to: string; readonly group: BlockGroup | null }[] = [];
  readonly #groups: BlockGroup[] = [];
  /** Nodes that are in a group without an edge that could say so. */
  readonly #members = new Map<JsonRecord, BlockGroup>();
  readonly #context: LoweringContext;
  #overflowed = false;

  constructor(context: LoweringContext) {
    this.#context = context;
  }

  /** `false` once there were more edges than the limit allows: they are no longer made. */
  get complete(): boolean {
    return !this.#overflowed;
  }

  group(group: BlockGroup): BlockGroup {
    this.#groups.push(group);
    return group;
  }

  /** Adds a node as it was written. One without a readable id is kept for its problems, and control goes past it. */
  node(node: JsonCopy, pointer: string): Flow {
    // One past the limit is enough for the check that comes later to see that it is exceeded.
    if (this.nodes.length > this.#context.limits.nodes) return { entries: [], exits: [] };
    this.pointers.moved(`/nodes/${this.nodes.length}`, pointer);
    this.nodes.push(node);
    const id = isObject(node) ? own(node, 'id') : undefined;
    if (!isObject(node) || typeof id !== 'string') return { entries: [], exits: [] };
    return { entries: [{ node, id, group: null }], exits: [id] };
  }

  /** An edge from every exit to every entry. Where they fork from one node the edges name the group, else the nodes do. */
  connect(exits: readonly string[], entries: readonly Entry[], pointer: string): void {
    if (this.#overflowed) return;
    if (!allows(this.#context, 'edges', this.#edges.length + exits.length * entries.length, pointer)) {
      this.#overflowed = true;
      return;
    }
    const forks = exits.length === 1;
    for (const { id, node, group } of entries) {
      if (!forks && group !== null) this.#members.set(node, group);
      for (const from of exits) {
        this.pointers.made(`/edges/${this.#edges.length}`, pointer);
        this.#edges.push({ from, to: id, group: forks ? group : null });
      }
    }
  }

  /**
   * The edges and the groups of the core form. To be called once, as it tells nodes which group they are in.
   *
   * @param taken names that no group may be given
   */
  finish(taken: Iterable<string>): {
    readonly edges: JsonRecord[];
    readonly groups: ReadonlyMap<string, BlockGroup>;
  } {
    const names = this.#nameGroups(new Set(taken));
    for (const [node, group] of this.#members) {
      if (!Object.hasOwn(node, 'parallel_group')) node.parallel_group = names.get(group) ?? '';
    }
    const edges = this.#edges.map(({ from, to, group }): JsonRecord => {
      const name = group === null ? undefined : names.get(group);
      return name === undefined ? { from, to } : { from, to, parallel_group: name };
    });
    return { edges, groups: new Map(Array.from(names, ([group, name]) => [name, group])) };
  }

  #nameGroups(taken: Set<string>): Map<BlockGroup, string> {
    for (const { id } of this.#groups) if (id !== null) taken.add(id);
    let number = 0;
    const freeName = (): string => {
      const name = `parallel_${++number}`;
      return taken.has(name) ? freeName() : name;
    };
    return new Map(this.#groups.map((group) => [group, group.id ?? freeName()]));
  }
}
