import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckResult } from '../ir/check.js';
import type { Workflow } from '../ir/workflow.js';
import { createRunner, type Runner } from '../runtime/runner.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { loadNodeModules } from './node-modules.js';
import { renderDiagnostics } from './output/diagnostics.js';
import type { Session } from './session.js';
import { readSource, type Source } from './source.js';
import { UsageError } from './usage-error.js';

/** A runner made as the command line asks, and what it says about the file. */
export interface Opened {
  readonly runner: Runner;
  readonly source: Source;
  readonly check: CheckResult;
}

/** Reads and checks the command's file and hands it to `use`; closes the runner afterwards. */
export async function withSource(
  session: Session,
  use: (opened: Opened) => Promise<ExitCode>,
): Promise<ExitCode> {
  const root = await readRoot(session);
  const loaded = await loadNodeModules(session);
  const source = await readSource(session.args.positionals[0] ?? '-', session.io);
  const runner = createRunner({ ...loaded, root });
  try {
    return await use({ runner, source, check: runner.check(source.text) });
  } finally {
    await runner.close();
  }
}

/** The same for verbs that need a valid workflow: an invalid one is refused with its diagnostics, exit code 2. */
export function withWorkflow(
  session: Session,
  use: (opened: {
    readonly runner: Runner;
    readonly source: Source;
    readonly workflow: Workflow;
  }) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withSource(session, async ({ runner, source, check }) => {
    const { diagnostics, workflow } = check;
    // That a dependency was inferred and the like is for `check` to tell.
    const problems = diagnostics.filter(
      ({ severity }) => severity === 'error' || (severity === 'warning' && !session.quiet),
    );
    session.note(
      renderDiagnostics(problems, {
        source: source.name,
        text: source.text,
        width: session.width,
        style: session.style.err,
      }),
    );
    if (workflow !== null) return use({ runner, source, workflow });
    if (session.json) session.printRefusal(diagnostics);
    return EXIT.invalid;
  });
}

async function readRoot(session: Session): Promise<string> {
  const given = session.args.get('root');
  const root = resolve(session.io.cwd, given ?? '.');
  const isDirectory = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isDirectory) return root;
  throw new UsageError(
    `\`--root\` is ${JSON.stringify(given)}, which is no directory.`,
    'Type `--root DIR` with a directory that exists.',
  );
}
