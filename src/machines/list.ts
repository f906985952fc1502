/**
 * One list of several, some of which may not be there. Where that is done ten thousand times it is done by `concat`, which makes a list as
 * long as it has to be; one made by spreading holds room for sixteen more.
 *
 * @example
 * list([1], false, [2, 3]); // [1, 2, 3]
 */
export function list<T extends object>(...parts: readonly (readonly T[] | false)[]): readonly T[] {
  let all: readonly T[] = NONE;
  for (const part of parts) {
    if (part !== false && part.length > 0) all = all.length === 0 ? part : all.concat(part);
  }
  return all;
}

const NONE: readonly never[] = [];
