/** What a step plan says about the order of one step. */
export interface OrderedStep {
  readonly id: string;
  /** `null`: nothing is said, which is something else than "nothing". */
  readonly dependsOn: readonly string[] | null;
  readonly group: string | null;
}

/**
 * What each step waits for, as lists that steps may share.
 *
 * - A step with `depends_on` waits for exactly those, whatever its group: where one member must wait, only it waits.
 * - A plan that says nothing of order anywhere keeps the order in which its steps are listed.
 * - A plan with groups runs them in stages, numbered groups in ascending order. Each member waits for the whole stage
 *   before. Where no step has `depends_on`, a step outside of all groups is a stage of its own in its listed place;
 *   where some have, a step that says nothing waits for nothing, as in a plan without groups.
 */
export function stepDependencies(steps: readonly OrderedStep[]): (readonly string[])[] {
  const saysDependencies = steps.some((step) => step.dependsOn !== null);
  const saysGroups = steps.some((step) => step.group !== null);
  if (!saysDependencies && !saysGroups) {
    return steps.map((_, i) => steps.slice(Math.max(0, i - 1), i).map((before) => before.id));
  }
  const before = membersBefore(stages(steps, saysDependencies));
  return steps.map((step) => step.dependsOn ?? before.get(step) ?? []);
}

function stages(steps: readonly OrderedStep[], saysDependencies: boolean): OrderedStep[][] {
  const groups = new Map<string, OrderedStep[]>();
  const listed: { readonly number: number | null; readonly members: OrderedStep[] }[] = [];
  for (const step of steps) {
    if (step.group === null) {
      if (!saysDependencies) listed.push({ number: null, members: [step] });
      continue;
    }
    const members = groups.get(step.group) ?? [];
    if (members.length === 0) {
      groups.set(step.group, members);
      listed.push({ number: /^-?\d+(\.\d+)?$/.test(step.group) ? Number(step.group) : null, members });
    }
    members.push(step);
  }
  // Numbered groups change places among themselves alone, so that a step that stands between two of them stays there.
  const ascending = listed.filter((stage) => stage.number !== null);
  ascending.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  let next = 0;
  return listed.map((stage) => (stage.number === null ? stage : (ascending[next++] ?? stage)).members);
}

function membersBefore(stages: readonly (readonly OrderedStep[])[]): Map<OrderedStep, readonly string[]> {
  const before = new Map<OrderedStep, readonly string[]>();
  let last: readonly string[] = [];
  for (const stage of stages) {
    for (const step of stage) before.set(step, last);
    last = stage.map((step) => step.id);
  }
  return before;
}
