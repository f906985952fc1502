import type { DiagnosticLog } from '../diagnostics/diagnostic-log.js';
import { isObject } from '../json.js';
import type { JsonCopy } from '../json-copy.js';
import type { Limits } from '../limits.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';

export type DialectName = 'graph' | 'steps' | 'tasks' | 'wfformat' | 'blocks';

/** What lowering may ask for and where it reports to. */
export interface LoweringContext {
  readonly log: DiagnosticLog;
  readonly limits: Limits;
}

/** One form in which a workflow may be written, and the way from it to the core IR. */
export interface Dialect {
  readonly name: DialectName;
  /** Whether a document is meant to be in this dialect, by its outer form alone. */
  matches(document: JsonCopy): boolean;
  /**
   * Reports everything that is wrong with the document and gives what can be made of it; `null` if that is nothing.
   * Owns the document, and may change it.
   */
  lower(document: JsonCopy, context: LoweringContext): SourceWorkflow | null;
}

export type JsonRecord = { [key: string]: JsonCopy };

/** An own property; `undefined` if there is none. */
export function own(record: JsonRecord, key: string): JsonCopy | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Whether a document is an object that has one of the keys. */
export function hasAny(document: JsonCopy, keys: readonly string[]): boolean {
  return isObject(document) && keys.some((key) => Object.hasOwn(document, key));
}
