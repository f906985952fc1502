import type { CheckResult } from '../../ir/check.js';
import { EXIT } from '../exit-code.js';
import { count } from '../output/count.js';
import { renderDiagnostics } from '../output/diagnostics.js';
import { printableName } from '../output/printable.js';
import { COMMON_OPTIONS, type Verb } from '../verb.js';
import { withSource } from '../with-workflow.js';

/** `forkchart check FILE`: every problem of a workflow at once. */
export const checkVerb: Verb = {
  name: 'check',
  summary: 'find every problem of a workflow without running it',
  options: COMMON_OPTIONS,
  examples: ['forkchart check report.json', 'forkchart check - --json < report.json'],
  run: (session) =>
    withSource(session, async ({ source, check }) => {
      const { ok, diagnostics } = check;
      if (session.json) {
        session.printJson({ ok, diagnostics });
      } else {
        const shown = session.quiet
          ? diagnostics.filter(({ severity }) => severity === 'error')
          : diagnostics;
        const { width } = session;
        session.print(
          renderDiagnostics(shown, {
            source: source.name,
            text: source.text,
            width,
            style: session.style.out,
          }),
        );
        if (!ok || !session.quiet) session.print(`${describe(check)}\n`);
      }
      return ok ? EXIT.done : EXIT.invalid;
    }),
};

function describe({ ok, workflow, diagnostics }: CheckResult): string {
  const problems = (['error', 'warning'] as const).flatMap((severity) => {
    const amount = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return amount === 0 ? [] : [count(amount, severity)];
  });
  if (!ok || workflow === null) return `invalid: ${problems.join(', ')}`;
  const parts = [
    count(workflow.nodes.length, 'node'),
    count(workflow.edges.length, 'edge'),
    ...(workflow.groups.length === 0 ? [] : [count(workflow.groups.length, 'parallel group')]),
    ...(workflow.loops.length === 0 ? [] : [count(workflow.loops.length, 'loop')]),
    ...problems,
  ];
  return `ok: ${printableName(workflow.id)}: ${parts.join(', ')}`;
}
