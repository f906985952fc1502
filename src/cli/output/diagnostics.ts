import type { Diagnostic, Severity } from '../../ir/diagnostics/diagnostic.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { displayWidth, truncate } from './width.js';

export interface DiagnosticsView {
  /** What to call the document: its file name. */
  readonly source: string;
  /** The document's text, for the excerpt at a syntax error. */
  readonly text: string;
  readonly width: number;
  readonly style: Style;
}

/** Diagnostics for a person: severity, code, place, message and hint of each, errors first. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], view: DiagnosticsView): string {
  const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
  return [...diagnostics]
    .sort((a, b) => rank[a.severity] - rank[b.severity])
    .map((diagnostic) => `${renderDiagnostic(diagnostic, view).join('\n')}\n`)
    .join('');
}

function renderDiagnostic(diagnostic: Diagnostic, view: DiagnosticsView): string[] {
  const { style } = view;
  const paint = { error: style.red, warning: style.yellow, info: style.cyan }[diagnostic.severity];
  const at = diagnostic.position;
  const file = printable(view.source);
  const place = at
    ? `${file}:${at.line}:${at.column}`
    : `${file}${diagnostic.path === '' ? '' : ` ${printable(diagnostic.path)}`}`;
  const lines = [
    `${paint(diagnostic.severity)} ${style.bold(diagnostic.code)} ${style.dim(place)}`,
    `  ${printable(diagnostic.message)}`,
  ];
  if (at) lines.push(...excerpt(view.text, at, view));
  lines.push(`  ${style.cyan('hint:')} ${printable(diagnostic.hint)}`);
  if (diagnostic.fix) {
    lines.push(
      `  ${style.cyan('fix:')}  ${truncate(printable(JSON.stringify(diagnostic.fix)), Math.max(20, view.width - 8))}`,
    );
  }
  return lines;
}

/** The line of a syntax error with a caret under its column; of a long line, the part around it. */
function excerpt(
  text: string,
  at: { readonly line: number; readonly column: number },
  view: DiagnosticsView,
): string[] {
  let start = 0;
  for (let line = 1; line < at.line; line++) {
    const end = text.indexOf('\n', start);
    if (end === -1) return [];
    start = end + 1;
  }
  const newline = text.indexOf('\n', start);
  const end = newline === -1 ? text.length : newline;
  const gutter = String(at.line);
  const room = Math.max(20, view.width - gutter.length - 6);
  const caret = Math.min(start + at.column - 1, end);
  const from = Math.max(start, caret - Math.floor(room / 2));
  const before = printable(text.slice(from, caret));
  const after = printable(text.slice(caret, Math.min(end, caret + room))).replace(/\\r$/, '');
  const shown = truncate(before + after, Math.max(displayWidth(before) + 1, room));
  return [
    `  ${view.style.dim(`${gutter} |`)} ${shown}`,
    `  ${view.style.dim(`${' '.repeat(gutter.length)} |`)} ${' '.repeat(displayWidth(before))}${view.style.red('^')}`,
  ];
}
