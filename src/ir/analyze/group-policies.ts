import { pointerTo } from '../diagnostics/pointer.js';
import { quote } from '../diagnostics/wording.js';
import type { PlacedGroup } from '../graph/branches.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { DraftGroup } from './groups.js';
import type { NodeTable } from './node-table.js';
import type { Problems } from './problems.js';

/** FC4002: what a group says of failures and what is in it, or around it, keeps from having an effect. */
export function checkGroupPolicies(
  core: CoreIr,
  table: NodeTable,
  drafts: readonly DraftGroup[],
  placed: readonly PlacedGroup[],
  problems: Problems,
): void {
  const options = new Map(Object.entries(core.parallel_groups ?? {}));
  const groups = placed.map(({ group, branches }) => {
    const id = drafts[group]?.id ?? '';
    const vertices = new Set(branches.flatMap((branch) => branch.vertices));
    return { id, vertices, options: options.get(id) };
  });
  const groupsOf = new Map<number, (typeof groups)[number][]>();
  for (const group of groups) {
    for (const v of group.vertices) groupsOf.set(v, [...(groupsOf.get(v) ?? []), group]);
  }
  const handlers = table.nodes.flatMap((node, v) => (handlesFailures(node) ? [v] : []));
  for (const { id, vertices, options: own } of groups) {
    const nodes = [...vertices].flatMap((v) => table.nodes[v] ?? []);
    const at = pointerTo(['parallel_groups', id]);
    const idle = (field: string, message: string, hint: string): void => {
      const path = `${at}/${field}`;
      const says = `The group ${quote(id)}: ${message}`;
      const fix = [{ op: 'remove', path }] as const;
      problems.add({ code: 'FC4002', severity: 'warning', at: path, message: says, hint, fix });
    };
    // What a node says of itself holds in its group for its own failure.
    const isStoppedByNode = nodes.some((node) => node.on_error === 'fail_fast');
    if (own?.on_error === 'continue' && own.tolerate !== undefined && !isStoppedByNode) {
      idle(
        'tolerate',
        '`tolerate` does nothing with "on_error": "continue", which handles every failure.',
        'Remove one of the two.',
      );
    }
    if (own?.cancel !== undefined && own.on_error !== 'fail_fast' && !isStoppedByNode) {
      idle(
        'cancel',
        '`cancel` does nothing without "on_error": "fail_fast".',
        'Add "on_error": "fail_fast" to the group, or remove `cancel`.',
      );
    }
    if (own?.on_error !== 'fail_fast' || own.cancel !== 'drain' || core.on_error === 'fail_safe') continue;
    const [some = -1] = vertices;
    const isHandledAround = (groupsOf.get(some) ?? []).some(
      (outer) =>
        outer.vertices.size > vertices.size &&
        [...vertices].every((v) => outer.vertices.has(v)) &&
        (outer.options?.on_error === 'fail_safe' || outer.options?.tolerate !== undefined),
    );
    // A join outside of the group may handle its failure, so that the run goes on.
    const mayBeHandledAfter = handlers.some((v) => !vertices.has(v));
    if (isHandledAround || mayBeHandledAfter) continue;
    problems.add({
      code: 'FC4002',
      severity: 'warning',
      at: `${at}/cancel`,
      message: `The group ${quote(id)} does not get to drain: its failure is the workflow's, whose "on_error": "fail_fast" stops what still runs.`,
      hint: 'Set the workflow to "on_error": "fail_safe".',
      fix: [{ op: 'add', path: '/on_error', value: 'fail_safe' }],
    });
  }
}

const handlesFailures = ({ join }: CoreNode): boolean =>
  join?.policy === 'all_done' || join?.policy === 'one_success' || join?.policy === 'quorum';
