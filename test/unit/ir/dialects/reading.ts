import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import { DiagnosticLog } from '../../../../src/ir/diagnostics/diagnostic-log.js';
import { type DocumentReading, readDocument as readInto } from '../../../../src/ir/dialects/read-document.js';
import { DEFAULT_LIMITS, type Limits } from '../../../../src/ir/limits.js';

/** A document as it was read, and every problem of it. */
export function readDocument(
  value: unknown,
  limits: Limits = DEFAULT_LIMITS,
): DocumentReading & { readonly diagnostics: readonly Diagnostic[] } {
  const log = new DiagnosticLog(limits.diagnostics);
  const reading = readInto(value, limits, log);
  return { ...reading, diagnostics: log.sorted(value) };
}
