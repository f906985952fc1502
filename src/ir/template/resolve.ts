import { isList, isObject, type JsonValue } from '../json.js';
import { AggregateMismatch, aggregate } from './aggregate.js';
import type { Budget } from './budget.js';
import type { DataScope, NamedValue } from './data-scope.js';
import {
  MissingPart,
  missingBranch,
  missingField,
  missingItem,
  missingRoot,
  notAList,
} from './missing-part.js';
import type { Reference, Segment } from './reference.js';

/**
 * Follows a reference through own properties only. What it finds is shared with where it came from, not copied.
 *
 * A field of a node's output goes before a branch of the same name. `[*]` on a node that has branches stands for them, on a
 * list for its items; the steps after it are taken in each, and `[*]` after `[*]` makes one flat list. An aggregate takes
 * the list that there is by then. A node that was skipped is `null`, as is all of it, and there are 0 of it.
 *
 * @throws {MissingPart} where the path leads nowhere.
 * @throws {ForkchartError} FC1006 when the budget is used up.
 */
export function resolveReference(reference: Reference, scope: DataScope, budget: Budget): JsonValue {
  const root = scope.get(reference.root);
  if (root === undefined) throw missingRoot(reference);
  const walk = new Walk(reference, root);
  let one: Cursor = root;
  let many: readonly Cursor[] | null = null;
  for (const [at, segment] of reference.segments.entries()) {
    if (many === null && one.kind === 'absent') return absent(reference.segments.slice(at));
    budget.spend(many?.length ?? 1);
    if (segment.kind === 'aggregate') {
      one = { kind: 'value', value: walk.aggregate(many ?? walk.aggregated(one, at), segment.by, budget) };
      many = null;
    } else if (segment.kind === 'each') {
      many = many === null ? walk.each(one, at) : many.flatMap((cursor) => walk.each(cursor, at));
      budget.spend(many.length);
    } else if (many === null) {
      one = walk.part(one, segment, at);
    } else {
      many = many.map((cursor) => walk.part(cursor, segment, at));
    }
  }
  return many === null ? valueAt(one) : many.map(valueAt);
}

/** Where a reference has got to. An `item` is a value that `[*]` has reached: there, `.output` names the item itself. */
type Cursor = NamedValue | { readonly kind: 'item'; readonly value: JsonValue };

const ABSENT: Cursor = { kind: 'absent' };

function valueAt(cursor: Cursor): JsonValue {
  return cursor.kind === 'absent' ? null : cursor.value;
}

function absent(rest: readonly Segment[]): JsonValue {
  const first = rest.find((segment) => segment.kind === 'aggregate');
  return first?.by === 'count' ? 0 : null;
}

/** The steps of one reference. `at` is a step's number, which messages are worded by. */
class Walk {
  readonly #reference: Reference;
  readonly #root: NamedValue;

  constructor(reference: Reference, root: NamedValue) {
    this.#reference = reference;
    this.#root = root;
  }

  part(from: Cursor, segment: Segment & { readonly kind: 'field' | 'index' }, at: number): Cursor {
    if (from.kind === 'absent') return ABSENT;
    const { value } = from;
    if (segment.kind === 'index') {
      const item = isList(value) && Object.hasOwn(value, segment.index) ? value[segment.index] : undefined;
      if (item === undefined) throw missingItem(this.#reference, at, segment.index, value, this.#root);
      return { kind: 'value', value: item };
    }
    if (from.kind === 'node' && segment.name === 'output') return { kind: 'value', value };
    const field = isObject(value) && Object.hasOwn(value, segment.name) ? value[segment.name] : undefined;
    if (field !== undefined) return { kind: 'value', value: field };
    if (from.kind === 'item' && segment.name === 'output') return { kind: 'value', value };
    if (from.kind === 'node' && from.branches !== null) {
      const number = BRANCH.exec(segment.name)?.[1];
      if (number !== undefined)
        return from.branches[Number(number)] ?? this.#noBranch(segment.name, from.branches.length);
    }
    throw missingField(this.#reference, at, segment.name, value, this.#root);
  }

  each(from: Cursor, at: number): readonly Cursor[] {
    if (from.kind === 'absent') return [];
    if (from.kind === 'node' && from.branches !== null) return from.branches;
    if (!isList(from.value)) throw notAList(this.#reference, at, from.value, this.#root);
    return from.value.map((value) => ({ kind: 'item', value }));
  }

  /** What an aggregate right after `from` takes: the list that it is, or else its branches. */
  aggregated(from: Cursor, at: number): readonly Cursor[] {
    return from.kind === 'node' && isList(from.value)
      ? this.each({ kind: 'value', value: from.value }, at)
      : this.each(from, at);
  }

  aggregate(cursors: readonly Cursor[], by: Parameters<typeof aggregate>[0], budget: Budget): JsonValue {
    try {
      return aggregate(by, cursors.map(valueAt), budget);
    } catch (error) {
      if (!(error instanceof AggregateMismatch)) throw error;
      throw new MissingPart(
        this.#reference,
        error.message,
        'Name the field to aggregate, as in `${rows[*].score.aggregate.max}`.',
      );
    }
  }

  #noBranch(name: string, branches: number): never {
    throw missingBranch(this.#reference, name, branches);
  }
}

const BRANCH = /^branch_(0|[1-9][0-9]{0,8})$/;
