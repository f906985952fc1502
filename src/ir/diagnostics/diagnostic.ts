import type { JsonValue } from '../json.js';
import type { DiagnosticCode } from './codes.js';

/** `error` stops a workflow from running; `warning` and `info` do not. */
export type Severity = 'error' | 'warning' | 'info';

/** One operation of a JSON Patch ({@link https://www.rfc-editor.org/rfc/rfc6902 RFC 6902}). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** One problem in a workflow's text, precise enough for a program to repair it. */
export interface Diagnostic {
  /** Stable: it never changes its meaning from one version to the next. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** JSON pointer (RFC 6901) into the document as its author wrote it; `""` is the whole document. */
  readonly path: string;
  /** What is wrong, naming the thing. */
  readonly message: string;
  /** What to type instead. */
  readonly hint: string;
  /** A JSON Patch against the author's document that repairs the problem, where one is known. */
  readonly fix?: readonly JsonPatchOperation[];
  /** Where in the text, 1-based; only for text that is not JSON. */
  readonly position?: { readonly line: number; readonly column: number };
}
