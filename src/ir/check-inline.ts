import type { Diagnostic, JsonPatchOperation } from './diagnostics/diagnostic.js';
import { DiagnosticLog } from './diagnostics/diagnostic-log.js';
import { readDocument } from './dialects/read-document.js';
import type { JsonValue } from './json.js';
import { type NormalizeOptions, normalizeWorkflow } from './normalize.js';
import type { Workflow } from './workflow.js';

/**
 * Checks a workflow that stands inside another one's document, and those inside it, by the same rules. What is wrong with it is
 * reported at its places in the outer document, which the pointers of the workflow are into as well.
 *
 * @param depth how many workflows are around the document.
 * @param log is told of every problem.
 * @returns `null` where nothing usable is left of it.
 */
export function checkInline(
  document: JsonValue,
  prefix: string,
  depth: number,
  options: Omit<NormalizeOptions, 'checkInline'>,
  log: DiagnosticLog,
): Workflow | null {
  const { limits } = options;
  if (depth > limits.subWorkflows) {
    log.add({
      code: 'FC1006',
      severity: 'error',
      path: prefix,
      message: `Sub-workflows nest more than ${limits.subWorkflows} deep.`,
      hint: 'Register the inner ones, and name them by `ref`.',
    });
    return null;
  }
  const own = new DiagnosticLog(limits.diagnostics);
  const { source } = readDocument(document, limits, own);
  for (const diagnostic of own.sorted(document)) log.add(moved(diagnostic, prefix));
  if (source === null) return null;
  const placed = { ...source, pointerOf: (pointer: string) => prefix + source.pointerOf(pointer) };
  const checkInner = (inner: JsonValue, pointer: string) =>
    checkInline(inner, pointer, depth + 1, options, log);
  return normalizeWorkflow(placed, { ...options, checkInline: checkInner }, log);
}

/** A diagnostic of a document that stands at `prefix`. */
function moved({ fix, ...diagnostic }: Diagnostic, prefix: string): Diagnostic {
  const path = prefix + diagnostic.path;
  if (fix === undefined) return { ...diagnostic, path };
  const operation = (op: JsonPatchOperation): JsonPatchOperation =>
    'from' in op
      ? { ...op, path: prefix + op.path, from: prefix + op.from }
      : { ...op, path: prefix + op.path };
  return { ...diagnostic, path, fix: fix.map(operation) };
}
