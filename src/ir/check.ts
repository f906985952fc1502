import { checkInline } from './check-inline.js';
import { markChecked } from './checked.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticLog } from './diagnostics/diagnostic-log.js';
import type { DialectName } from './dialects/dialect.js';
import { readDocument } from './dialects/read-document.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import type { NodeTypeInfo } from './node-type-info.js';
import { normalizeWorkflow } from './normalize.js';
import { parseText } from './text.js';
import type { Workflow } from './workflow.js';

export interface CheckOptions {
  /** The node types that may be used, by name. Without it, neither types nor parameters are checked. */
  readonly nodeTypes?: ReadonlyMap<string, NodeTypeInfo>;
  /** Names that the `ref` of a sub-workflow may give. Without it they are not checked. */
  readonly workflows?: ReadonlySet<string>;
  /** Names of resources that there are besides those that the workflow declares. Default: none. */
  readonly resources?: ReadonlySet<string>;
  /** Bounds that take the place of the default ones. */
  readonly limits?: Partial<Limits>;
}

/** Every problem of a document, and the workflow if none of them is an error. */
export interface CheckResult {
  /** Whether there is no error; warnings and infos may be there all the same. */
  readonly ok: boolean;
  readonly workflow: Workflow | null;
  /** The form that the document is written in; `null` if it is none that is known, or no JSON. */
  readonly dialect: DialectName | null;
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
  const log = new DiagnosticLog(limits.diagnostics);
  const finish = (document: unknown, dialect: DialectName | null, workflow: Workflow | null): CheckResult => {
    const ok = log.errors === 0 && workflow !== null;
    return { ok, workflow: ok ? markChecked(workflow) : null, dialect, diagnostics: log.sorted(document) };
  };

  const parsed =
    typeof source === 'string' ? parseText(source, limits) : { ok: true as const, value: source };
  if (!parsed.ok) {
    for (const diagnostic of parsed.diagnostics) log.add(diagnostic);
    return finish(null, null, null);
  }
  const read = readDocument(parsed.value, limits, log);
  if (read.source === null) return finish(parsed.value, read.dialect, null);
  const rules = { ...options, limits };
  const workflow = normalizeWorkflow(
    read.source,
    {
      ...rules,
      checkInline: (inner, pointer) => checkInline(inner, pointer, 1, rules, log),
    },
    log,
  );
  return finish(parsed.value, read.dialect, workflow);
}
