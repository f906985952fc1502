import { nearest } from '../diagnostics/suggest.js';
import { isList, isObject, type JsonValue } from '../json.js';
import type { NamedValue } from './data-scope.js';
import { formatReference, type Reference } from './reference.js';
import { kindOf } from './value-kind.js';

/** A reference leads nowhere: what it asked for, and what there is instead. */
export class MissingPart extends Error {
  readonly hint: string;

  constructor(reference: Reference, message: string, hint: string) {
    super(`\`${shown(reference.text)}\`: ${message}.`);
    this.hint = hint;
  }
}

export function missingRoot(reference: Reference): MissingPart {
  return new MissingPart(
    reference,
    `nothing here is called \`${shown(reference.root)}\``,
    'A reference starts with the id of a node or the name of an input.',
  );
}

/** No field of that name in `value`, which is what the reference names before its step `at`. */
export function missingField(
  reference: Reference,
  at: number,
  name: string,
  value: JsonValue,
  from: NamedValue,
): MissingPart {
  const where = placeOf(reference, at, from);
  const put = (...names: readonly string[]) =>
    `\`${shown(formatReference(reference.root, [...reference.segments.slice(0, at), ...names.map(asField)]))}\``;
  if (isObject(value)) {
    const names = Object.keys(value);
    const near = nearest(name, names.slice(0, NAMES_COMPARED));
    const other = near ?? names[0];
    return new MissingPart(
      reference,
      `${where} has no field \`${shown(name)}\`; it has ${list(names)}`,
      other === undefined
        ? 'Make the node return that field.'
        : near === null
          ? `There is ${put(other)}, for instance.`
          : `Did you mean ${put(other)}?`,
    );
  }
  if (isList(value)) {
    const path = formatReference(reference.root, reference.segments.slice(0, at)).slice(2, -1);
    return new MissingPart(
      reference,
      `${where} is a list, which has no field \`${shown(name)}\``,
      name === 'length'
        ? `Write \`${shown(`\${${path}.aggregate.count}`)}\`.`
        : `Name an item first, \`${shown(`\${${path}[0]}`)}\`, or all of them, \`${shown(`\${${path}[*]}`)}\`.`,
    );
  }
  return new MissingPart(
    reference,
    `${where} is ${kindOf(value)}, which has no field \`${shown(name)}\``,
    `Write ${put()} for the value itself, or make the node return an object.`,
  );
}

/** `branch_N` of a node with fewer branches than that. */
export function missingBranch(reference: Reference, name: string, branches: number): MissingPart {
  return new MissingPart(
    reference,
    `\`${shown(reference.root)}\` has ${branches} branches, \`branch_0\` to \`branch_${branches - 1}\`, and no \`${name}\``,
    'Branches count from 0, in the order in which they are declared.',
  );
}

/** No item of that number in `value`. */
export function missingItem(
  reference: Reference,
  at: number,
  index: number,
  value: JsonValue,
  from: NamedValue,
): MissingPart {
  const where = placeOf(reference, at, from);
  if (!isList(value)) return notAList(reference, at, value, from);
  return new MissingPart(
    reference,
    `${where} has ${value.length} items, and no item ${index}`,
    'Items count from 0; the last one is `.aggregate.last`.',
  );
}

/** An item, all items, or an aggregate of what is no list. */
export function notAList(reference: Reference, at: number, value: JsonValue, from: NamedValue): MissingPart {
  const where = placeOf(reference, at, from);
  return new MissingPart(
    reference,
    `${where} is ${kindOf(value)}, not a list`,
    isObject(value)
      ? `It has ${list(Object.keys(value))}: name the field that is a list.`
      : 'Make the node return a list, or leave this step out.',
  );
}

/** What the reference names before its step `at`, in words. */
function placeOf(reference: Reference, at: number, from: NamedValue): string {
  if (at === 0 && from.kind === 'node') return `the output of \`${shown(reference.root)}\``;
  return `\`${shown(formatReference(reference.root, reference.segments.slice(0, at)).slice(2, -1))}\``;
}

function asField(name: string) {
  return { kind: 'field', name } as const;
}

const NAMES_SHOWN = 8;
const NAMES_COMPARED = 200;

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const some = names.slice(0, NAMES_SHOWN).map((name) => `\`${shown(name)}\``);
  return some.join(', ') + (names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '');
}

function shown(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
