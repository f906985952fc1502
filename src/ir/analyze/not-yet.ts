import { pointerTo } from '../diagnostics/pointer.js';
import { quote } from '../diagnostics/wording.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { Problems } from './problems.js';

/** Something that the format has and this version does not run. */
interface NotYet<Holder> {
  /** What it is called in messages. */
  readonly name: string;
  /** Where it stands in its holder. */
  readonly path: readonly string[];
  readonly used: (holder: Holder) => boolean;
  /** What to write today. */
  readonly instead: string;
}

type GroupOptions = NonNullable<CoreIr['parallel_groups']>[string];

const BATCH = 'Write a node for each item, or loop over the items in one node function';

/** What later versions take away from, in workflows, groups and nodes. */
const WORKFLOW: readonly NotYet<CoreIr>[] = [
  {
    name: 'execution_mode "batch"',
    path: ['execution_mode'],
    used: (w) => w.execution_mode === 'batch',
    instead: 'Write "parallel" or "sequential"',
  },
  {
    name: 'batch_config',
    path: ['batch_config'],
    used: (w) => w.batch_config !== undefined,
    instead: 'Remove it',
  },
  {
    name: 'resources',
    path: ['resources'],
    used: (w) => w.resources !== undefined,
    instead: 'Bound the whole run with `max_concurrency`',
  },
  {
    name: 'state',
    path: ['state'],
    used: (w) => w.state !== undefined,
    instead: 'Pass values on in outputs: ${node.field}',
  },
  {
    name: 'on_error "continue" of a workflow',
    path: ['on_error'],
    used: (w) => w.on_error === 'continue',
    instead: 'Write "fail_safe", or "on_error": "continue" on the nodes that may fail',
  },
];

const GROUP: readonly NotYet<GroupOptions>[] = [
  {
    name: 'on_error of a group',
    path: ['on_error'],
    used: (g) => g.on_error !== undefined,
    instead: 'Write `on_error` on the workflow or on the nodes of the group',
  },
  {
    name: 'tolerate of a group',
    path: ['tolerate'],
    used: (g) => g.tolerate !== undefined,
    instead: 'Write "on_error": "continue" on the nodes that may fail',
  },
  {
    name: 'cancel of a group',
    path: ['cancel'],
    used: (g) => g.cancel !== undefined,
    instead: 'Remove it: a failure aborts what runs',
  },
  {
    name: 'max_concurrency of a group',
    path: ['max_concurrency'],
    used: (g) => g.max_concurrency !== undefined,
    instead: 'Bound the whole run with `max_concurrency`',
  },
];

const NODE: readonly NotYet<CoreNode>[] = [
  {
    name: 'the node type "workflow"',
    path: ['type'],
    used: (n) => n.type === 'workflow',
    instead: 'Write the nodes of the sub-workflow here',
  },
  {
    name: 'the node type "wait"',
    path: ['type'],
    used: (n) => n.type === 'wait',
    instead: 'Wait in a node function',
  },
  { name: 'batch', path: ['batch'], used: (n) => n.batch !== undefined, instead: BATCH },
  {
    name: 'batch_mode',
    path: ['batch_mode'],
    used: (n) => n.batch_mode !== undefined && n.batch_mode !== false,
    instead: BATCH,
  },
  { name: 'stream', path: ['stream'], used: (n) => n.stream === true, instead: 'Pass whole lists on' },
  {
    name: 'on_error "fail_safe" of a node',
    path: ['on_error'],
    used: (n) => n.on_error === 'fail_safe',
    instead: 'Write "continue", or "fail_safe" on the workflow',
  },
  {
    name: 'a join other than all_success',
    path: ['join'],
    used: (n) => n.join !== undefined && (n.join.policy !== 'all_success' || n.join.cancel_rest === true),
    instead: 'Write "on_error": "continue" on the nodes that may fail, and an edge from each',
  },
  {
    name: 'retry.max_elapsed_ms',
    path: ['retry', 'max_elapsed_ms'],
    used: (n) => n.retry?.max_elapsed_ms !== undefined,
    instead: 'Bound the attempts with `max_attempts` and `timeout.attempt_ms`',
  },
  {
    name: 'retry.retry_on',
    path: ['retry', 'retry_on'],
    used: (n) => n.retry?.retry_on !== undefined,
    instead: 'Throw a TerminalError from the node function where trying again is pointless',
  },
  {
    name: 'retry.not_on',
    path: ['retry', 'not_on'],
    used: (n) => n.retry?.not_on !== undefined,
    instead: 'Throw a TerminalError from the node function where trying again is pointless',
  },
  {
    name: 'timeout.total_ms',
    path: ['timeout', 'total_ms'],
    used: (n) => n.timeout?.total_ms !== undefined,
    instead: 'Write `timeout.attempt_ms`, and `retry.max_attempts`',
  },
  {
    name: 'catch',
    path: ['catch'],
    used: (n) => n.catch !== undefined,
    instead: 'Write an edge with "action": "error"',
  },
  {
    name: 'fallback',
    path: ['fallback'],
    used: (n) => Object.hasOwn(n, 'fallback'),
    instead: 'Write an edge with "action": "error" to an `echo` node that has the value',
  },
  {
    name: 'uses',
    path: ['uses'],
    used: (n) => n.uses !== undefined,
    instead: 'Bound the whole run with `max_concurrency`',
  },
  {
    name: 'compensate',
    path: ['compensate'],
    used: (n) => n.compensate !== undefined,
    instead: 'Write an edge with "action": "error" to a node that undoes the work',
  },
];

/** Node types that are reported here, whether they are registered or not. */
export const NOT_YET_TYPES: ReadonlySet<string> = new Set(['workflow', 'wait']);

/** FC4001: what is part of the format, but would not be done by this version, must not look as if it were. */
export function checkNotYet(core: CoreIr, problems: Problems): void {
  report(WORKFLOW, core, [], 'The workflow', problems);
  for (const [id, options] of Object.entries(core.parallel_groups ?? {})) {
    report(GROUP, options, ['parallel_groups', id], `The group ${quote(id)}`, problems);
  }
  core.nodes.forEach((node, i) => {
    report(NODE, node, ['nodes', i], quote(node.id), problems);
  });
}

function report<Holder>(
  list: readonly NotYet<Holder>[],
  holder: Holder,
  path: readonly (string | number)[],
  who: string,
  problems: Problems,
): void {
  for (const { name, path: rest, used, instead } of list) {
    if (!used(holder)) continue;
    problems.add({
      code: 'FC4001',
      severity: 'error',
      at: pointerTo([...path, ...rest]),
      message: `${who} uses ${name}, which this version does not run yet.`,
      hint: `${instead}.`,
    });
  }
}
