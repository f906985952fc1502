import type { OptionSpec } from './arguments.js';
import type { ExitCode } from './exit-code.js';
import type { Session } from './session.js';

/** One thing that forkchart can be asked to do with a workflow. */
export interface Verb {
  readonly name: string;
  /** One line, for the list of verbs. */
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Command lines worth copying. */
  readonly examples: readonly string[];
  /** @throws UsageError where it is used wrongly, ForkchartError where its input is invalid. */
  run(session: Session): Promise<ExitCode>;
}

/** Options that every verb takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'nodes',
    value: 'FILE.js',
    multiple: true,
    help: 'load what a module exports: `nodes`, `functions`, and `workflows` that a `ref` may name',
  },
  { name: 'root', value: 'DIR', help: 'directory that the file nodes may touch (default: the current one)' },
  { name: 'json', help: 'print one JSON document on stdout and nothing else' },
  { name: 'quiet', help: 'print no more than what was asked for, and failures' },
  { name: 'help', help: 'show this' },
];

export const MAX_CONCURRENCY_OPTION: OptionSpec = {
  name: 'max-concurrency',
  value: 'N',
  help: 'run at most N nodes at once',
};
