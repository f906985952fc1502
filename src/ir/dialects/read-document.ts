import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { DiagnosticLog } from '../diagnostics/diagnostic-log.js';
import { pointerTo } from '../diagnostics/pointer.js';
import { describeValue, quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import { copyJson, type JsonCopy } from '../json-copy.js';
import type { Limits } from '../limits.js';
import { MINIMAL_WORKFLOW } from '../minimal-workflow.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import { detectDialect, misspeltMark } from './detect.js';
import type { DialectName } from './dialect.js';

export interface DocumentReading {
  /**
   * The workflow in the core form: also where errors were reported, as far as anything usable was left, so that the
   * passes that follow can report theirs. It must not be run then. `null` if nothing usable was left.
   */
  readonly source: SourceWorkflow | null;
  /** The form that the document is written in; `null` if it is none that is known. */
  readonly dialect: DialectName | null;
}

/**
 * Reads a workflow in any dialect. Every problem of its shape is reported at once, at the place where its author wrote
 * it. Never throws, whatever it is given, and does not change it.
 *
 * @param log is told of every problem.
 *
 * @example
 * const { dialect } = readDocument([{ id: 'a', tool: 'echo', dependencies: [] }], limits, log); // 'tasks'
 */
export function readDocument(value: unknown, limits: Limits, log: DiagnosticLog): DocumentReading {
  const document = copyJson(value, limits, log);
  if (document === undefined) return { source: null, dialect: null };
  const dialect = detectDialect(document);
  if (dialect === null) {
    log.add(unknownForm(document));
    return { source: null, dialect: null };
  }
  const source = dialect.lower(document, { log, limits });
  return { source, dialect: dialect.name };
}

function unknownForm(document: JsonCopy): Diagnostic {
  const misspelt = misspeltMark(document);
  const found = !isObject(document)
    ? describeValue(document)
    : Object.keys(document).length === 0
      ? 'an empty object'
      : `an object with ${Object.keys(document).slice(0, 5).map(quote).join(', ')}`;
  return {
    code: 'FC1002',
    severity: 'error',
    path: '',
    message: `The document is ${found}, which is no workflow: it has neither "nodes" nor "steps", "tasks", "pipeline" or "parallel".`,
    hint:
      misspelt === null
        ? `The shortest workflow: ${MINIMAL_WORKFLOW}`
        : `Did you mean ${quote(misspelt.meant)} instead of ${quote(misspelt.key)}?`,
    ...(misspelt === null
      ? {}
      : { fix: [{ op: 'move', from: pointerTo([misspelt.key]), path: pointerTo([misspelt.meant]) }] }),
  };
}
