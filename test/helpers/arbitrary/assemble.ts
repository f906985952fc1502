import { loopBodies, reachable } from '../reference/structure.js';
import type { AuthorEdge, AuthorGroup, AuthorIr, AuthorJoin, AuthorNode } from './author-ir.js';
import { loopsAreSound } from './loops-are-sound.js';
import type { NodePolicies, RunPolicies } from './policies.js';

/** Names that mean something to JavaScript, to XState or to JSON pointers. */
const ODD_IDS = [
  '__proto__',
  'a.b',
  '#x',
  '',
  'constructor',
  'größe 🎈',
  '(machine)',
  'toString',
  'a/b~1',
  '*',
  '0',
];

interface ConditionDraft {
  readonly about: number;
  readonly form: number;
}

export interface Drafts {
  readonly drafts: readonly {
    readonly isOdd: boolean;
    readonly rank: number;
    readonly when: ConditionDraft | null;
    readonly continues: boolean;
    readonly attempts: number | null;
    readonly times: boolean;
    readonly forks: boolean;
    readonly group: AuthorGroup | null;
    readonly policies: NodePolicies;
  }[];
  readonly arcs: readonly {
    readonly from: number;
    readonly to: number;
    readonly action: string;
    readonly when: ConditionDraft | null;
  }[];
  readonly dependencies: readonly { readonly from: number; readonly to: number }[];
  readonly closings: readonly {
    readonly header: number;
    readonly source: number;
    readonly action: string;
    readonly max: number;
    readonly when: ConditionDraft | null;
  }[];
  readonly run: { readonly onError: string; readonly mode: string; readonly policies: RunPolicies };
}

interface Arc {
  readonly from: string;
  readonly to: string;
}

/** Makes a workflow of what was drawn: names, ends of edges, groups, and loops that are as sound as they have to be. */
export function assemble(
  { drafts, arcs, dependencies, closings, run }: Drafts,
  loopsMayBe: 'sound' | 'any',
): AuthorIr {
  const odd = [...ODD_IDS];
  const ids = drafts.map((draft, i) => (draft.isOdd ? odd.shift() : undefined) ?? `n${i}`);
  const idAt = (i: number): string => ids[i % ids.length] ?? '';
  /** An arc between two different nodes in the order in which they were made; `null` where both are the same. */
  const forward = (a: number, b: number): Arc | null => {
    const [i, j] = [a % ids.length, b % ids.length].sort((x, y) => x - y);
    return i === undefined || j === undefined || i === j ? null : { from: idAt(i), to: idAt(j) };
  };

  const seen = new Set<string>();
  const isNew = (...key: string[]): boolean => seen.size < seen.add(JSON.stringify(key)).size;
  const drawn = arcs.flatMap((arc) => {
    const ends = forward(arc.from, arc.to);
    return ends !== null && isNew(ends.from, ends.to, arc.action) ? [{ ...arc, ...ends }] : [];
  });
  const dependsOn = dependencies.flatMap((dependency) => {
    const ends = forward(dependency.from, dependency.to);
    return ends !== null && isNew(ends.from, ends.to, '') ? [ends] : [];
  });
  const caught = drafts.flatMap((draft, i) =>
    draft.policies.catches.flatMap(({ match, to }) => {
      const ends = forward(i, to);
      return ends?.from === idAt(i) && isNew(ends.from, ends.to, 'catch') ? [{ ...ends, match }] : [];
    }),
  );
  const order: Arc[] = [...drawn, ...dependsOn, ...caught];
  const ordered = drafts.map((draft, i) => {
    const whenAbout = draft.when === null || i === 0 ? null : idAt(draft.when.about % i);
    const when = draft.when === null || whenAbout === null ? null : conditionOn(whenAbout, draft.when.form);
    if (when !== null && whenAbout !== null) order.push({ from: whenAbout, to: idAt(i) });
    return { draft, i, when };
  });

  const about = (id: string, condition: ConditionDraft | null): string | null => {
    if (condition === null) return null;
    const before = [
      ...reachable(
        id,
        order.map((arc) => ({ from: arc.to, to: arc.from })),
      ),
    ];
    return conditionOn(before[condition.about % before.length] ?? id, condition.form);
  };
  const closed: Arc[] = [];
  const loops = closings.flatMap(({ header, source, action, max, when }): AuthorEdge[] => {
    const to = idAt(header);
    // Not by way of a dependency that the checker has yet to find in a condition.
    const after = [...reachable(to, [...drawn, ...dependsOn, ...caught])];
    const from = after[source % after.length] ?? to;
    const isAllowed = loopsMayBe === 'any' || loopsAreSound(ids, order, [...closed, { from, to }]);
    if (!isAllowed || !isNew(from, to, action)) return [];
    closed.push({ from, to });
    return [{ from, to, ...withAction(action), ...withWhen(about(from, when)), max_iterations: max }];
  });
  const bodies = [...loopBodies(order, closed).values()].sort((a, b) => a.size - b.size);
  const loopOf = (id: string): unknown => bodies.find((body) => body.has(id));
  const members = new Set<string>();
  /** Members of a group are in one loop, or in none, and in no other group. */
  const groupOf = ({ from, to, action }: Arc & { action: string }): { parallel_group?: string } => {
    if (action !== 'default' || drafts[ids.indexOf(from)]?.forks !== true || members.has(to)) return {};
    const first = drawn.find((arc) => arc.from === from && arc.action === 'default')?.to ?? to;
    if (loopOf(first) !== loopOf(to)) return {};
    members.add(to);
    return { parallel_group: `from ${from}` };
  };
  const edges = drawn.map((arc): AuthorEdge => {
    const { from, to, action, when } = arc;
    return { from, to, ...withAction(action), ...withWhen(about(from, when)), ...groupOf(arc) };
  });
  const parallelGroups = drafts.flatMap(({ group }, i): [string, AuthorGroup][] => {
    const id = `from ${idAt(i)}`;
    return group !== null && edges.some((edge) => edge.parallel_group === id) ? [[id, group]] : [];
  });
  const hasEstimates = run.policies.hasEstimates && loops.length === 0;
  const nodes = ordered
    .toSorted((a, b) => a.draft.rank - b.draft.rank)
    .map(({ draft, i, when }): AuthorNode => {
      const id = idAt(i);
      const before = dependsOn.filter((arc) => arc.to === id).map((arc) => arc.from);
      const written = [...drawn, ...caught].filter((arc) => arc.to === id).map((arc) => arc.from);
      const rules = caught.filter((arc) => arc.from === id).map(({ match, to }) => ({ match, goto: to }));
      return {
        id,
        type: 'step',
        ...(before.length > 0 ? { depends_on: before } : {}),
        ...withWhen(when),
        ...(rules.length > 0 ? { catch: rules } : {}),
        ...withPolicies(draft, i, {
          sources: new Set(written.length > 0 ? written : before).size,
          hasEstimates,
          hasResources: run.policies.resources !== null,
          isInLoop: loopOf(id) !== undefined,
        }),
      };
    });
  return {
    id: 'random',
    ...modeOf(run.mode),
    on_error: run.onError === 'fail_fast' ? 'fail_fast' : 'fail_safe',
    ...(parallelGroups.length > 0 ? { parallel_groups: Object.fromEntries(parallelGroups) } : {}),
    ...(run.policies.resources !== null ? { resources: run.policies.resources } : {}),
    nodes,
    edges: [...edges, ...loops],
  };
}

/** What a node says of itself. No two timers of a run fall on the same millisecond, so that their order decides nothing. */
function withPolicies(
  { continues, attempts, times, policies }: Drafts['drafts'][number],
  i: number,
  around: {
    /** How many nodes it may wait for, as its join counts them. */
    readonly sources: number;
    readonly hasEstimates: boolean;
    readonly hasResources: boolean;
    readonly isInLoop: boolean;
  },
): Partial<AuthorNode> {
  const onError = continues ? 'continue' : policies.onError;
  const join = joinOf(policies.join, around.sources);
  const timeout = {
    ...(times ? { attempt_ms: 5003 + 977 * i * i } : {}),
    ...(policies.hasTotal ? { total_ms: 8009 + 1049 * i * i } : {}),
  };
  return {
    ...(join !== null ? { join } : {}),
    ...(onError !== null ? { on_error: onError } : {}),
    ...(policies.fallback !== null ? { fallback: policies.fallback.value } : {}),
    ...(attempts !== null
      ? {
          retry: {
            max_attempts: attempts,
            initial_ms: 1000 + 61 * i * i,
            backoff: 2,
            max_delay_ms: 2900 + i,
            ...policies.retry,
          },
        }
      : {}),
    ...(Object.keys(timeout).length > 0 ? { timeout } : {}),
    ...(around.hasResources && policies.uses.length > 0
      ? { uses: Object.fromEntries(policies.uses.map(({ name, amount }) => [name, amount])) }
      : {}),
    ...(policies.priority !== null ? { priority: policies.priority } : {}),
    ...(around.hasEstimates ? { estimate_ms: policies.estimate } : {}),
    // Which of its iterations would be undone is not said of a node in a loop.
    ...(policies.isUndone && !around.isInLoop
      ? { compensate: { type: 'step', params: { undo: true } } }
      : {}),
  };
}

/** A quorum asks for no more than there can be. */
function joinOf(join: AuthorJoin | null, sources: number): AuthorJoin | null {
  if (join?.count === undefined) return join;
  return sources === 0 ? null : { ...join, count: Math.min(join.count, sources) };
}

function conditionOn(id: string, form: number): string | null {
  // Only a plain id can be written in a template.
  if (!/^n\d+$/.test(id)) return null;
  const forms = [
    `\${${id}.ok} == true`,
    `\${${id}.ok}`,
    `\${${id}} != null`,
    `\${${id}.ok} == true`,
    `\${${id}.ok} == false`,
    `\${${id}.output.ok} == true`,
    `\${${id}.missing} == 1`,
    `\${${id}.status} == "failed"`,
  ];
  return forms[form] ?? null;
}

function withAction(action: string): Pick<AuthorEdge, 'action'> {
  return action === 'default' ? {} : { action };
}

function withWhen(when: string | null): { when?: string } {
  return when === null ? {} : { when };
}

function modeOf(mode: string): Pick<AuthorIr, 'ir_version' | 'execution_mode' | 'max_concurrency'> {
  if (mode === 'version 0.1') return { ir_version: '0.1.0' };
  if (mode === 'sequential') return { ir_version: '0.2.0', execution_mode: 'sequential' };
  const limit = /^limited to (\d)$/.exec(mode);
  return { ir_version: '0.2.0', ...(limit === null ? {} : { max_concurrency: Number(limit[1]) }) };
}
