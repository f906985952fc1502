import { readFileSync } from 'node:fs';
import { nearest } from '../ir/diagnostics/suggest.js';
import { ForkchartError, InvalidWorkflowError } from '../ir/errors.js';
import { type Arguments, parseArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { renderHelp, renderVerbHelp } from './help.js';
import { printable } from './output/printable.js';
import { type Io, Session } from './session.js';
import { UsageError } from './usage-error.js';
import type { Verb } from './verb.js';
import { LATER_VERBS, VERBS } from './verbs.js';

/** Carries out one command line; never throws. */
export async function execute(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const [first, ...rest] = argv;
    if (first === '--version') {
      io.stdout.write(`${readVersion()}\n`);
      return EXIT.done;
    }
    if (first === 'help' || isHelp(first)) {
      const verb = rest[0] === undefined ? null : findVerb(rest[0]);
      io.stdout.write(verb === null ? renderHelp(VERBS) : renderVerbHelp(verb));
      return EXIT.done;
    }
    if (first === undefined)
      throw new UsageError(
        'No verb was given.',
        `Type one of ${VERBS.map((verb) => verb.name).join(', ')}; \`forkchart --help\` explains them.`,
      );
    return await carryOut(findVerb(first), rest, io);
  } catch (error) {
    return refuse(error, argv, io);
  }
}

async function carryOut(verb: Verb, rest: readonly string[], io: Io): Promise<ExitCode> {
  // Help first, whatever else is wrong with the line.
  if (rest.some(isHelp)) {
    io.stdout.write(renderVerbHelp(verb));
    return EXIT.done;
  }
  const args = parseArguments(verb.name, rest, verb.options);
  requireOneFile(verb, args);
  return await verb.run(new Session(args, io));
}

function isHelp(argument: string | undefined): boolean {
  return argument === '--help' || argument === '-h';
}

function findVerb(name: string): Verb {
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb) return verb;
  if (LATER_VERBS.includes(name)) {
    throw new UsageError(
      `\`${name}\` is not in this version.`,
      `Type one of ${VERBS.map((known) => known.name).join(', ')}.`,
    );
  }
  const near = nearest(
    name,
    VERBS.map((known) => known.name),
  );
  throw new UsageError(
    `There is no verb ${JSON.stringify(name)}.`,
    near === null
      ? 'Type `forkchart --help` for the verbs there are.'
      : `Did you mean \`forkchart ${near}\`?`,
  );
}

function requireOneFile(verb: Verb, args: Arguments): void {
  const [, second] = args.positionals;
  if (args.positionals.length === 0) {
    throw new UsageError('No file was given.', `Type \`forkchart ${verb.name} FILE\`, or \`-\` for stdin.`);
  }
  if (second !== undefined) {
    throw new UsageError(
      `${JSON.stringify(second)} is one file too many.`,
      `\`${verb.name}\` takes one file.`,
    );
  }
}

/** The one place where what was thrown becomes an exit code. */
function refuse(error: unknown, argv: readonly string[], io: Io): ExitCode {
  const known = error instanceof ForkchartError;
  const message = known || error instanceof Error ? error.message : String(error);
  const hint = known
    ? error.hint
    : 'This is a defect of forkchart: please report it with the command line and the file.';
  const code = known ? error.code : 'FC9003';
  if (argv.includes('--json')) {
    const diagnostics =
      error instanceof InvalidWorkflowError
        ? error.diagnostics
        : [{ code, severity: 'error', path: known ? (error.path ?? '') : '', message, hint }];
    io.stdout.write(`${JSON.stringify({ ok: false, diagnostics }, null, 2)}\n`);
  }
  io.stderr.write(`forkchart: ${code} ${printable(message)}\n  hint: ${printable(hint)}\n`);
  if (!known && error instanceof Error && io.env.DEBUG !== undefined) io.stderr.write(`${error.stack}\n`);
  return error instanceof UsageError ? EXIT.usage : known ? EXIT.invalid : EXIT.failed;
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
