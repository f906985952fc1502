import type { OptionSpec } from './arguments.js';
import type { Verb } from './verb.js';

/** `forkchart --help`. */
export function renderHelp(verbs: readonly Verb[]): string {
  const widest = Math.max(...verbs.map((verb) => verb.name.length));
  return [
    'forkchart <verb> FILE|- [options]',
    '',
    'Turns a workflow written as JSON into a statechart, and runs it. `-` reads from stdin.',
    '',
    ...verbs.map((verb) => `  ${verb.name.padEnd(widest)}  ${verb.summary}`),
    '',
    '  forkchart <verb> --help   the options of a verb',
    '  forkchart --version       the version',
    '',
    'Data goes to stdout, progress and problems to stderr. Exit codes: 0 done, 1 the workflow failed or was cancelled,',
    '2 the workflow or its inputs are invalid, 3 forkchart was used wrongly.',
    '',
  ].join('\n');
}

/** `forkchart <verb> --help`. */
export function renderVerbHelp(verb: Verb): string {
  const options = verb.options.filter((option) => option.help !== null);
  const flags = options.map(flagOf);
  const widest = Math.max(...flags.map((flag) => flag.length));
  return [
    `forkchart ${verb.name} FILE|- [options]`,
    '',
    `${verb.summary[0]?.toUpperCase()}${verb.summary.slice(1)}.`,
    '',
    ...options.map((option, index) => `  ${(flags[index] ?? '').padEnd(widest)}  ${option.help}`),
    '',
    ...verb.examples.map((example) => `  $ ${example}`),
    '',
  ].join('\n');
}

function flagOf(option: OptionSpec): string {
  return `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}
