import fc from 'fast-check';
import { assemble } from './assemble.js';
import type { AuthorIr } from './author-ir.js';
import { optionally, rarely, SIMPLEST_FIRST } from './choices.js';
import { groupPolicies, NO_POLICIES, nodePolicies, runPolicies } from './policies.js';

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
  /** Whether there are policies of joins, failures, groups, places and undoing; false if left out. */
  readonly policies?: boolean;
}

/**
 * Workflows as an author writes them: several roots, joins, actions, conditions, retries, groups and loops that nest. All
 * nodes have the type `step`. They are valid but for what only the checker can know, so a few of them may be refused.
 *
 * Nodes are made in an order that edges follow, and declared in another one. Smaller means: fewer nodes, fewer edges,
 * fewer policies.
 */
export function workflowArbitrary(options: WorkflowOptions = {}): fc.Arbitrary<AuthorIr> {
  const { maxNodes = 14, limits = true, timeouts = true, loops = 'sound', policies = false } = options;
  const index = fc.nat(63);
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
      forks: policies ? fc.boolean() : rarely(3),
      group: policies ? groupPolicies() : fc.constant(null),
      policies: policies ? nodePolicies() : fc.constant(NO_POLICIES),
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
    policies: policies ? runPolicies() : fc.constant({ resources: null, hasEstimates: false }),
  });
  return fc
    .record({ drafts, arcs, dependencies, closings, run })
    .map((parts) => withoutRaces(assemble(parts, loops)));
}

/**
 * A join that cancels the rest may do so at the very instant in which a node in a loop ends without having run: which of the two
 * comes first is nobody's promise, so that a workflow has one or the other.
 */
function withoutRaces(ir: AuthorIr): AuthorIr {
  if (!(ir.edges ?? []).some((edge) => edge.max_iterations !== undefined)) return ir;
  const nodes = ir.nodes.map((node) => {
    if (node.join === undefined) return node;
    const { cancel_rest: _, ...join } = node.join;
    return { ...node, join };
  });
  return { ...ir, nodes };
}
