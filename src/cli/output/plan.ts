import type { Plan, PlannedDependency, PlannedLoop, PlannedNode } from '../../analysis/plan.js';
import { count, listed } from './count.js';
import { formatDuration } from './duration.js';
import { describeGroupPolicies, describePolicies, describeResource } from './plan-policies.js';
import { printable, printableName } from './printable.js';
import type { Style } from './style.js';
import { displayWidth, pad } from './width.js';

/** A plan for a person: the steps, what may start together in each, and what each node waits for. */
export function renderPlan(plan: Plan, view: { readonly style: Style }): string {
  const { style } = view;
  const nodes = plan.steps.reduce((sum, step) => sum + step.nodes.length, 0);
  const limits = [
    ...(plan.max_concurrency === null
      ? []
      : [plan.max_concurrency === 1 ? 'one at a time' : `at most ${plan.max_concurrency} at once`]),
    ...(plan.timeout_ms === null ? [] : [`at most ${formatDuration(plan.timeout_ms)} in all`]),
    plan.on_error === 'fail_fast'
      ? 'the first failure stops the run'
      : 'a failure stops only what depends on it',
  ];
  const lines = [
    `${style.bold(printableName(plan.workflow))}: ${count(nodes, 'node')} in ${count(plan.steps.length, 'step')}; ${limits.join('; ')}`,
  ];
  if (plan.description !== null) lines.push(style.dim(printable(plan.description)));
  lines.push('');

  const gutter = String(plan.steps.length).length;
  const indent = ' '.repeat(gutter + 4);
  for (const step of plan.steps) {
    const names = step.nodes.map((node) => printableName(node.id));
    const title =
      names.length === 1
        ? style.bold(names.join(''))
        : plan.max_concurrency === 1
          ? `one after the other: ${names.map(style.bold).join(', ')}`
          : `in parallel: ${names.map(style.bold).join(' || ')}`;
    lines.push(`  ${style.cyan(String(step.step).padStart(gutter))} ${title}`);
    const widest =
      names.length === 1 ? 0 : names.reduce((most, name) => Math.max(most, displayWidth(name)), 0);
    step.nodes.forEach((node, index) => {
      const name = names.length === 1 ? '' : `${pad(names[index] ?? '', widest)}  `;
      lines.push(`${indent}${name}${describeNode(node, style)}`);
    });
  }

  for (const group of plan.groups) {
    const branches = group.branches.map((branch) => listed(branch.nodes.map(printableName), ' > '));
    const policies = describeGroupPolicies(group).map((policy) => `; ${policy}`);
    lines.push(
      '',
      `  group ${style.bold(printableName(group.id))}: ${listed(branches, ' || ')}${policies.join('')}`,
    );
  }
  if (plan.resources.length > 0) lines.push('');
  for (const resource of plan.resources) {
    lines.push(`  resource ${style.bold(printableName(resource.name))}: ${describeResource(resource)}`);
  }
  if (plan.state.length > 0) {
    const keys = plan.state.map(({ key, reducer }) => `${printableName(key)} (${reducer})`);
    lines.push('', `  state: ${listed(keys)}`);
  }
  for (const loop of plan.loops) lines.push('', `  ${describeLoop(loop, style)}`);
  return `${lines.join('\n')}\n`;
}

function describeNode(node: PlannedNode, style: Style): string {
  const waits =
    node.waits_for.length === 0
      ? 'starts at once'
      : `${describeJoin(node)} ${listed(node.waits_for.map(describeDependency))}`;
  const details = [
    ...(node.when === null ? [] : [`only when ${printable(node.when)}`]),
    ...(node.loop === null ? [] : [`in loop ${printableName(node.loop)}`]),
    ...describePolicies(node),
  ];
  return `${style.dim(printable(node.type))}  ${[waits, ...details].join('; ')}`;
}

/** `waits for`, or what its join asks for instead. */
function describeJoin({ join }: PlannedNode): string {
  const rest = join.cancel_rest ? ' (and cancels the rest)' : '';
  switch (join.policy) {
    case 'all_success':
      return 'waits for';
    case 'all_done':
      return 'waits for the end of';
    case 'none_failed':
      return 'waits until none has failed of';
    case 'one_success':
      return `waits for one${rest} of`;
    case 'quorum':
      return `waits for ${join.count}${rest} of`;
  }
}

function describeDependency(dependency: PlannedDependency): string {
  const conditions = [
    ...(dependency.action === null || dependency.action === 'default'
      ? []
      : [`on ${printableName(dependency.action)}`]),
    ...(dependency.when === null ? [] : [`if ${printable(dependency.when)}`]),
    ...(dependency.catches === null ? [] : [`when it fails with ${printable(dependency.catches)}`]),
    ...(dependency.streams ? ['item by item'] : dependency.origin === 'template' ? ['its data is used'] : []),
  ];
  const name = printableName(dependency.node);
  return conditions.length === 0 ? name : `${name} (${conditions.join(', ')})`;
}

function describeLoop(loop: PlannedLoop, style: Style): string {
  const repeats = loop.repeats.map((edge) => {
    const action = edge.action === null ? '' : ` ends with ${printableName(edge.action)}`;
    const when = edge.when === null ? '' : ` if ${printable(edge.when)}`;
    const most = edge.max_iterations === null ? '' : `, at most ${count(edge.max_iterations, 'time')}`;
    return `${printableName(edge.from)}${action}${when}${most}`;
  });
  const body = listed(loop.nodes.map(printableName));
  return `loop ${style.bold(printableName(loop.id))}: ${body}; again from ${printableName(loop.header)} when ${repeats.join(', or ')}`;
}
