import { type Path, valueAt } from './pointer.js';
import { quote } from './wording.js';

/** What the parts of a document are called, by the key of the list or map that holds them. */
const NOUNS: ReadonlyMap<string, string> = new Map([
  ['nodes', 'node'],
  ['edges', 'edge'],
  ['steps', 'step'],
  ['tasks', 'task'],
  ['inputs', 'input'],
  ['outputs', 'output'],
  ['parallel_groups', 'group'],
  ['resources', 'resource'],
  ['state', 'state key'],
]);

/** A part of a document that has a name of its own, and the path within it. */
export interface Subject {
  /** `Node "fetch"`, `Edge "a" -> "b"`, `The workflow`. */
  readonly name: string;
  readonly noun: string;
  readonly within: Path;
}

/**
 * Which named part of a document a path leads into, so that a message can name it as its author would.
 *
 * @param listNoun what the elements are where the document itself is a list
 */
export function subjectOf(document: unknown, path: Path, listNoun: string): Subject {
  for (let i = 0; i < path.length; i++) {
    const key = path[i];
    const collection = i === 0 ? null : path[i - 1];
    const noun = i === 0 ? (typeof key === 'number' ? listNoun : undefined) : NOUNS.get(String(collection));
    if (noun === undefined || key === undefined) continue;
    const name =
      typeof key === 'number' ? elementName(valueAt(document, path.slice(0, i + 1)), key) : quote(key);
    return {
      name: `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${name}`,
      noun,
      within: path.slice(i + 1),
    };
  }
  return { name: 'The workflow', noun: 'workflow', within: path };
}

function elementName(element: unknown, index: number): string {
  for (const key of ['id', 'step_id', 'name']) {
    const value = valueAt(element, [key]);
    if (typeof value === 'string') return quote(value);
  }
  const ends = ['from', 'to'].map((key) => valueAt(element, [key]));
  if (ends.every((end) => typeof end === 'string')) return ends.map((end) => quote(String(end))).join(' -> ');
  return `${index + 1}`;
}
