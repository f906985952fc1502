import { DiagnosticList } from './analyze/diagnostic-list.js';
import { markChecked } from './checked.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { readDocument } from './dialects/read-document.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import type { NodeTypeInfo } from './node-type-info.js';
import { normalizeWorkflow } from './normalize.js';
import { parseText } from './text.js';
import type { Workflow } from './workflow.js';

export interface CheckOptions {
  /** The node types that may be used, by name. Without it, neither types nor parameters are checked. */
  readonly nodeTypes?: ReadonlyMap<string, NodeTypeInfo>;
  /** Bounds that take the place of the default ones. */
  readonly limits?: Partial<Limits>;
}

/** Every problem of a document, and the workflow if none of them is an error. */
export interface CheckResult {
  /** Whether there is no error; warnings and infos may be there all the same. */
  readonly ok: boolean;
  readonly workflow: Workflow | null;
  /** In the order of the document; at most `limits.diagnostics`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a workflow in any accepted form and checks it: all problems at once, each with a code, a place, a hint and, where one
 * is known, a JSON Patch that repairs it. Never throws, whatever it is given.
 *
 * @param source JSON text, or a value that was parsed already.
 *
 * @example
 * const { ok, workflow, diagnostics } = checkWorkflow('{"nodes": [{"id": "hi", "type": "echo"}]}');
 */
export function checkWorkflow(source: unknown, options: CheckOptions = {}): CheckResult {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const found = new DiagnosticList(limits.diagnostics);
  const finish = (document: unknown, workflow: Workflow | null): CheckResult => {
    const ok = found.errors === 0 && workflow !== null;
    return { ok, workflow: ok ? markChecked(workflow) : null, diagnostics: found.sorted(document) };
  };

  const parsed =
    typeof source === 'string' ? parseText(source, limits) : { ok: true as const, value: source };
  if (!parsed.ok) {
    for (const diagnostic of parsed.diagnostics) found.add(diagnostic);
    return finish(null, null);
  }
  const read = readDocument(parsed.value, limits);
  for (const diagnostic of read.diagnostics) found.add(diagnostic);
  if (read.source === null) return finish(parsed.value, null);
  const { nodeTypes } = options;
  const workflow = normalizeWorkflow(
    read.source,
    { limits, ...(nodeTypes === undefined ? {} : { nodeTypes }) },
    (diagnostic) => found.add(diagnostic),
  );
  return finish(parsed.value, workflow);
}
