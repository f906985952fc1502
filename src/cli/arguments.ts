import { parseArgs } from 'node:util';
import { nearest } from '../ir/diagnostics/suggest.js';
import { UsageError } from './usage-error.js';

/** One option of a verb; the help text is made from it. */
export interface OptionSpec {
  readonly name: string;
  /** What to call its value in the help text; absent for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** `null` for one that is known only to be refused: no help text names it. */
  readonly help: string | null;
}

/** A command line, checked against what its verb takes. */
export interface Arguments {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  /** The option's value; `null` if it was not given. */
  get(name: string): string | null;
  all(name: string): readonly string[];
}

/**
 * Parses what follows the verb.
 *
 * @throws UsageError for an unknown option (naming the nearest one), a value that is missing or not wanted, and an option
 * given twice.
 */
export function parseArguments(
  verb: string,
  args: readonly string[],
  specs: readonly OptionSpec[],
): Arguments {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  // Not strict: Node's own messages suggest nothing.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      specs.map((spec) => [
        spec.name,
        { type: spec.value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = token.rawName.startsWith('--') ? byName.get(token.name) : undefined;
    if (spec === undefined) throw unknownOption(verb, token.rawName, specs);
    const flag = `--${spec.name}`;
    if (spec.value === undefined) {
      if (token.value !== undefined)
        throw new UsageError(`\`${flag}\` takes no value.`, `Type \`${flag}\` alone.`);
      values.set(spec.name, []);
      continue;
    }
    // `--input --json`: the value was forgotten, rather than meant to be `--json`.
    const looksLikeOption =
      token.inlineValue !== true && token.value !== undefined && /^-./.test(token.value);
    if (token.value === undefined || looksLikeOption) {
      throw new UsageError(
        `\`${flag}\` needs a value.`,
        `Type \`${flag} ${spec.value}\`, or \`${flag}=${spec.value}\` where the value starts with \`-\`.`,
      );
    }
    const known = values.get(spec.name) ?? [];
    if (known.length > 0 && spec.multiple !== true) {
      throw new UsageError(`\`${flag}\` was given twice.`, `Type \`${flag} ${spec.value}\` once.`);
    }
    values.set(spec.name, [...known, token.value]);
  }
  return {
    positionals,
    has: (name) => values.has(name),
    get: (name) => values.get(name)?.[0] ?? null,
    all: (name) => values.get(name) ?? [],
  };
}

/** Reads the value of an option that is a whole number of at least 1; `null` if it was not given. */
export function positiveInteger(args: Arguments, name: string): number | null {
  const text = args.get(name);
  if (text === null) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(
      `\`--${name}\` is ${JSON.stringify(text)}, which is no whole number of at least 1.`,
      `Type, for instance, \`--${name} 4\`.`,
    );
  }
  return value;
}

function unknownOption(verb: string, typed: string, specs: readonly OptionSpec[]): UsageError {
  const near = nearest(
    typed,
    specs.filter((spec) => spec.help !== null).map((spec) => `--${spec.name}`),
  );
  const hint = near === null ? '' : `Did you mean \`${near}\`? `;
  return new UsageError(
    `\`${verb}\` has no option ${JSON.stringify(typed)}.`,
    `${hint}Type \`forkchart ${verb} --help\` for the options there are.`,
  );
}
