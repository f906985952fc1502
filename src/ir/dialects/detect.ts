import { nearest } from '../diagnostics/suggest.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import { blocks } from './blocks.js';
import type { Dialect } from './dialect.js';
import { graph } from './graph.js';
import { steps } from './steps.js';
import { tasks } from './tasks.js';
import { wfformat } from './wfformat.js';

/** In the order in which they are asked: the one with the most peculiar form first. */
const DIALECTS: readonly Dialect[] = [wfformat, blocks, graph, steps, tasks];

/** The dialect that a document is meant to be in; `null` if it looks like none. */
export function detectDialect(document: JsonCopy): Dialect | null {
  return DIALECTS.find((dialect) => dialect.matches(document)) ?? null;
}

/** A key of the document that may be a misspelt key by which a dialect is known. */
export function misspeltMark(document: JsonCopy): { readonly key: string; readonly meant: string } | null {
  if (!isObject(document)) return null;
  for (const key of Object.keys(document).slice(0, 100)) {
    const meant = nearest(key, ['nodes', 'steps', 'tasks', 'pipeline', 'parallel']);
    if (meant !== null) return { key, meant };
  }
  return null;
}
