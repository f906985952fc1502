import fc from 'fast-check';
import { loopBodies, reachable } from '../reference/structure.js';
import type { AuthorEdge, AuthorIr, AuthorNode } from './author-ir.js';
import { loopsAreSound } from './loops-are-sound.js';
import { SIMPLEST_FIRST } from './schedule.js';

export interface WorkflowOptions {
  readonly maxNodes?: number;
  /** Left out: both. */
  readonly onError?: 'fail_fast' | 'fail_safe';
  /** Whether a limit on what runs at once may be set; true if left out. */
  readonly limits?: boolean;
  /** Whether attempts may have a timeout; true if left out. */
  readonly timeouts?: boolean;
  /** `any`: also loops that overlap or wait for each other, which the checker must refuse. `sound` if left out. */
  readonly loops?: 'sound' | 'any';
}

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

/**
 * Workflows as an author writes them: several roots, joins, actions, conditions, retries, groups and loops that nest. All
 * nodes have the type `step`. They are valid but for what only the checker can know, so a few of them may be refused.
 *
 * Nodes are made in an order that edges follow, and declared in another one. Smaller means: fewer nodes, fewer edges,
 * fewer policies.
 */
export function workflowArbitrary(options: WorkflowOptions = {}): fc.Arbitrary<AuthorIr> {
  const { maxNodes = 14, limits = true, timeouts = true, loops = 'sound' } = options;
  const index = fc.nat(63);
  const rarely = (weight = 6) =>
    fc.oneof(
      SIMPLEST_FIRST,
      { weight, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    );
  const optionally = <T>(arbitrary: fc.Arbitrary<T>, weight: number) =>
    fc.oneof(SIMPLEST_FIRST, { weight, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
  const condition = fc.record({ about: index, form: fc.nat(7) });
  const action = fc.oneof(
    SIMPLEST_FIRST,
    { weight: 6, arbitrary: fc.constant('default') },
    { weight: 3, arbitrary: fc.constantFrom('other', 'again', 'error') },
  );
  const drafts = fc.array(
    fc.record({
      isOdd: rarely(5),
      rank: fc.nat(99),
      when: optionally(condition, 6),
      continues: rarely(),
      attempts: optionally(fc.constantFrom(2, 3), 4),
      times: timeouts ? rarely(5) : fc.constant(false),
      forks: rarely(3),
    }),
    { minLength: 1, maxLength: maxNodes, size: 'max' },
  );
  const arcs = fc.array(fc.record({ from: index, to: index, action, when: optionally(condition, 5) }), {
    maxLength: 24,
    size: 'max',
  });
  const dependencies = fc.array(fc.record({ from: index, to: index }), { maxLength: 4, size: 'max' });
  const closings = fc.array(
    fc.record({
      header: index,
      source: index,
      action: fc.oneof(
        SIMPLEST_FIRST,
        { weight: 4, arbitrary: fc.constant('again') },
        { weight: 1, arbitrary: action },
      ),
      max: fc.integer({ min: 1, max: 3 }),
      when: optionally(condition, 5),
    }),
    { maxLength: 5, size: 'max' },
  );
  const run = fc.record({
    onError:
      options.onError === undefined
        ? fc.constantFrom('fail_safe', 'fail_fast', 'fail_safe')
        : fc.constant(options.onError),
    mode: limits
      ? fc.oneof(
          SIMPLEST_FIRST,
          { weight: 4, arbitrary: fc.constant('parallel') },
          { weight: 3, arbitrary: fc.constantFrom('limited to 1', 'limited to 2', 'limited to 3') },
          { weight: 1, arbitrary: fc.constantFrom('sequential', 'version 0.1') },
        )
      : fc.constant('parallel'),
  });
  return fc.record({ drafts, arcs, dependencies, closings, run }).map((parts) => assemble(parts, loops));
}

interface ConditionDraft {
  readonly about: number;
  readonly form: number;
}

interface Drafts {
  readonly drafts: readonly {
    readonly isOdd: boolean;
    readonly rank: number;
    readonly when: ConditionDraft | null;
    readonly continues: boolean;
    readonly attempts: number | null;
    readonly times: boolean;
    readonly forks: boolean;
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
  readonly run: { readonly onError: string; readonly mode: string };
}

interface Arc {
  readonly from: string;
  readonly to: string;
}

function assemble(
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
  const order: Arc[] = [...drawn, ...dependsOn];
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
    const after = [...reachable(to, [...drawn, ...dependsOn])];
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
  const nodes = ordered
    .toSorted((a, b) => a.draft.rank - b.draft.rank)
    .map(({ draft, i, when }): AuthorNode => {
      const before = dependsOn.filter((arc) => arc.to === idAt(i)).map((arc) => arc.from);
      return {
        id: idAt(i),
        type: 'step',
        ...(before.length > 0 ? { depends_on: before } : {}),
        ...withWhen(when),
        ...(draft.continues ? { on_error: 'continue' } : {}),
        // No two timers of a run fall on the same millisecond, so that their order decides nothing.
        ...(draft.attempts !== null
          ? {
              retry: {
                max_attempts: draft.attempts,
                initial_ms: 1000 + 61 * i * i,
                backoff: 2,
                max_delay_ms: 2900 + i,
              },
            }
          : {}),
        ...(draft.times ? { timeout: { attempt_ms: 5003 + 977 * i * i } } : {}),
      };
    });
  return {
    id: 'random',
    ...modeOf(run.mode),
    on_error: run.onError === 'fail_fast' ? 'fail_fast' : 'fail_safe',
    nodes,
    edges: [...edges, ...loops],
  };
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
