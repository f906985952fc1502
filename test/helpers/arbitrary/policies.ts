import fc from 'fast-check';
import type { AuthorGroup, AuthorIr, AuthorJoin, AuthorNode } from './author-ir.js';
import { optionally, rarely, SIMPLEST_FIRST } from './choices.js';

/** Codes that failures of a schedule have. */
export const CODES = ['E_BUSY', 'E_GONE'] as const;

/** What a matcher of a `catch` or a retry may be. */
const MATCHERS = [...CODES, 'Error', 'TerminalError', 'FC5008', 'FC5004', 'timeout', '*'];

/** What a node may say besides what all random workflows have; `null` and `false` where it says nothing. */
export interface NodePolicies {
  readonly join: AuthorJoin | null;
  /** `to` is any number: which node that means, and whether it can be one, is decided by who assembles the workflow. */
  readonly catches: readonly { readonly match: string; readonly to: number }[];
  readonly fallback: { readonly value: unknown } | null;
  readonly onError: 'fail_fast' | 'fail_safe' | null;
  readonly retry: Pick<NonNullable<AuthorNode['retry']>, 'max_elapsed_ms' | 'retry_on' | 'not_on'> | null;
  readonly hasTotal: boolean;
  readonly uses: readonly { readonly name: string; readonly amount: number }[];
  readonly priority: number | null;
  readonly estimate: number;
  readonly isUndone: boolean;
}

export const NO_POLICIES: NodePolicies = {
  join: null,
  catches: [],
  fallback: null,
  onError: null,
  retry: null,
  hasTotal: false,
  uses: [],
  priority: null,
  estimate: 0,
  isUndone: false,
};

export function nodePolicies(): fc.Arbitrary<NodePolicies> {
  const matcher = fc.constantFrom(...MATCHERS);
  return fc.record({
    join: optionally(joinPolicy(), 1),
    catches: fc.oneof(
      SIMPLEST_FIRST,
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.record({ match: matcher, to: fc.nat(63) }), { maxLength: 2 }) },
    ),
    fallback: optionally(fc.record({ value: fc.constantFrom({ ok: true }, { ok: false }, null) }), 9),
    onError: optionally(fc.constantFrom('fail_safe' as const, 'fail_fast' as const), 5),
    retry: optionally(
      fc.oneof(
        fc.record({ max_elapsed_ms: fc.constantFrom(500, 2600, 6000) }),
        fc.record({ retry_on: fc.array(matcher, { maxLength: 2 }) }),
        fc.record({ not_on: fc.array(matcher, { maxLength: 2 }) }),
      ),
      1,
    ),
    hasTotal: rarely(7),
    uses: fc.oneof(
      SIMPLEST_FIRST,
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.uniqueArray(
          fc.record({ name: fc.constantFrom('r', 's'), amount: fc.constantFrom(1, 2) }),
          { maxLength: 2, selector: ({ name }) => name },
        ),
      },
    ),
    priority: optionally(fc.constantFrom(1, -1), 5),
    estimate: fc.nat(30),
    isUndone: rarely(5),
  });
}

function joinPolicy(): fc.Arbitrary<AuthorJoin> {
  const cancels = rarely(2).map((cancel_rest) => (cancel_rest ? { cancel_rest } : {}));
  return fc.oneof(
    fc.record({ policy: fc.constantFrom('all_done' as const, 'none_failed' as const) }),
    cancels.map((more) => ({ policy: 'one_success' as const, ...more })),
    fc
      .tuple(cancels, fc.integer({ min: 1, max: 3 }))
      .map(([more, count]) => ({ policy: 'quorum' as const, count, ...more })),
  );
}

/** The options of a group; `null` for none. */
export function groupPolicies(): fc.Arbitrary<AuthorGroup | null> {
  const tolerate = fc.oneof(
    fc.record({ count: fc.nat(2) }),
    fc.record({ percent: fc.constantFrom(34, 50, 100) }),
    fc.record({ count: fc.nat(2), percent: fc.constantFrom(34, 50, 100) }),
  );
  const options = fc.record({
    on_error: optionally(fc.constantFrom('fail_safe' as const, 'fail_fast' as const), 1, 2),
    tolerate: optionally(tolerate, 2),
    cancel: optionally(fc.constant('drain' as const), 1),
    max_concurrency: optionally(fc.constantFrom(1, 2), 4),
  });
  return optionally(options.map(withoutNulls<AuthorGroup>), 1, 3);
}

/** What the nodes use, and whether they say how long they take. */
export interface RunPolicies {
  readonly resources: NonNullable<AuthorIr['resources']> | null;
  readonly hasEstimates: boolean;
}

export function runPolicies(): fc.Arbitrary<RunPolicies> {
  const resources = fc.record({
    r: fc.constantFrom({ capacity: 2 }, { capacity: 3 }),
    s: fc.constantFrom({ concurrency: 1 }, { concurrency: 2 }, { concurrency: 2, capacity: 3 }),
  });
  return fc.record({ resources: optionally(resources, 1), hasEstimates: fc.boolean() });
}

function withoutNulls<T>(options: { readonly [name: string]: unknown }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;
}
