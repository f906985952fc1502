import fc from 'fast-check';
import type { AuthorEdge, AuthorGroup, AuthorIr, AuthorNode } from '../arbitrary/author-ir.js';
import { optionally, rarely, SIMPLEST_FIRST } from '../arbitrary/choices.js';
import { groupPolicies, type NodePolicies, nodePolicies } from '../arbitrary/policies.js';
import { workflowArbitrary } from '../arbitrary/workflow.js';

type NodeDraft = Pick<NodePolicies, 'join' | 'fallback' | 'onError' | 'retry' | 'hasTotal' | 'isUndone'> & {
  readonly attempts: number | null;
  readonly hasTimeout: boolean;
  readonly continues: boolean;
};

type Block =
  | { readonly kind: 'node'; readonly node: NodeDraft }
  | { readonly kind: 'sequence'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'group';
      readonly group: AuthorGroup | null;
      readonly fork: NodeDraft;
      readonly branches: readonly Block[];
      readonly join: NodeDraft;
    }
  | {
      readonly kind: 'loop';
      readonly header: NodeDraft;
      readonly body: Block;
      readonly last: NodeDraft;
      readonly max: number;
    };

const nodeDraft: fc.Arbitrary<NodeDraft> = fc
  .tuple(nodePolicies(), optionally(fc.constantFrom(2, 3), 3), rarely(4), rarely())
  .map(([policies, attempts, hasTimeout, continues]) => ({ ...policies, attempts, hasTimeout, continues }));

type Blocks = Record<'whole' | 'block' | Block['kind'], Block>;

const { whole } = fc.letrec<Blocks>((tie) => ({
  whole: fc.oneof(tie('group'), tie('loop'), tie('sequence')),
  block: fc.oneof(
    { maxDepth: 2, ...SIMPLEST_FIRST },
    { weight: 3, arbitrary: tie('node') },
    { weight: 3, arbitrary: tie('group') },
    { weight: 2, arbitrary: tie('loop') },
    { weight: 1, arbitrary: tie('sequence') },
  ),
  node: fc.record({ kind: fc.constant('node' as const), node: nodeDraft }),
  sequence: fc.record({
    kind: fc.constant('sequence' as const),
    blocks: fc.array(tie('block'), { minLength: 2, maxLength: 2 }),
  }),
  group: fc.record({
    kind: fc.constant('group' as const),
    group: groupPolicies(),
    fork: nodeDraft,
    branches: fc.array(tie('block'), { minLength: 2, maxLength: 2 }),
    join: nodeDraft,
  }),
  loop: fc.record({
    kind: fc.constant('loop' as const),
    header: nodeDraft,
    body: tie('block'),
    last: nodeDraft,
    max: fc.integer({ min: 1, max: 3 }),
  }),
}));

/** Writes blocks down as nodes and edges: what is inside of a block has one way in and one way out. */
class Draft {
  readonly nodes: AuthorNode[] = [];
  readonly edges: AuthorEdge[] = [];
  readonly groups: [string, AuthorGroup][] = [];

  write(one: Block): { readonly first: string; readonly last: string } {
    if (one.kind === 'node') {
      const id = this.#node(one.node, 1);
      return { first: id, last: id };
    }
    if (one.kind === 'sequence') {
      const ends = one.blocks.map((inside) => this.write(inside));
      for (const [i, { first }] of ends.slice(1).entries()) {
        this.edges.push({ from: ends[i]?.last ?? '', to: first });
      }
      return { first: ends[0]?.first ?? '', last: ends.at(-1)?.last ?? '' };
    }
    if (one.kind === 'loop') {
      const first = this.#node(one.header, 1);
      const body = this.write(one.body);
      const last = this.#node(one.last, 1);
      this.edges.push({ from: first, to: body.first }, { from: body.last, to: last });
      this.edges.push({ from: last, to: first, action: 'again', max_iterations: one.max });
      return { first, last };
    }
    const first = this.#node(one.fork, 1);
    const parallel_group = `of ${first}`;
    if (one.group !== null) this.groups.push([parallel_group, one.group]);
    const branches = one.branches.map((branch) => this.write(branch));
    const last = this.#node(one.join, branches.length);
    for (const branch of branches) {
      this.edges.push({ from: first, to: branch.first, parallel_group }, { from: branch.last, to: last });
    }
    return { first, last };
  }

  #node(draft: NodeDraft, sources: number): string {
    const i = this.nodes.length;
    const { join, fallback, retry, hasTotal, isUndone, attempts, hasTimeout } = draft;
    const onError = draft.continues ? 'continue' : draft.onError;
    const timeout = {
      ...(hasTimeout ? { attempt_ms: 5003 + 977 * i } : {}),
      ...(hasTotal ? { total_ms: 8009 + 1049 * i } : {}),
    };
    const count = join?.count === undefined ? {} : { count: Math.min(join.count, sources) };
    this.nodes.push({
      id: `n${i}`,
      type: 'step',
      ...(join !== null && sources > 1 ? { join: { ...join, ...count } } : {}),
      ...(onError !== null ? { on_error: onError } : {}),
      ...(fallback !== null ? { fallback: fallback.value } : {}),
      ...(attempts !== null
        ? {
            retry: {
              max_attempts: attempts,
              initial_ms: 1000 + 61 * i,
              backoff: 2,
              max_delay_ms: 2900,
              ...retry,
            },
          }
        : {}),
      ...(hasTimeout || hasTotal ? { timeout } : {}),
      ...(isUndone ? { compensate: { type: 'step', params: { undo: true } } } : {}),
    });
    return `n${i}`;
  }
}

/** Groups and loops within one another, each group with several branches. */
const nested: fc.Arbitrary<AuthorIr> = fc
  .record({ block: whole, onError: fc.constantFrom('fail_safe' as const, 'fail_fast' as const) })
  .map(({ block, onError }) => {
    const draft = new Draft();
    draft.write(block);
    return {
      ir_version: '0.2.0',
      id: 'nested',
      on_error: onError,
      parallel_groups: Object.fromEntries(draft.groups),
      nodes: draft.nodes,
      edges: draft.edges,
    };
  });

/** What a workflow may say besides. */
const extras = fc.record({
  /** Milliseconds that all of it may take. */
  timeout: optionally(fc.constantFrom(3001, 17_011), 4),
  /** Which node runs once for each of its items. */
  batch: optionally(fc.record({ node: fc.nat(63), items: fc.nat(3), fails: fc.boolean() }), 3),
});

/** Random workflows in which all that a chart can be made of is common: graphs of any form, and groups and loops in one another. */
export const workflows: fc.Arbitrary<AuthorIr> = fc
  .tuple(
    fc.oneof(
      SIMPLEST_FIRST,
      { weight: 3, arbitrary: workflowArbitrary({ policies: true, maxNodes: 6 }) },
      { weight: 2, arbitrary: nested },
    ),
    extras,
  )
  .map(([ir, { timeout, batch }]) => ({
    ...ir,
    ...(timeout === null || ir.ir_version === '0.1.0' ? {} : { timeout_ms: timeout }),
    nodes: ir.nodes.map((node, i) =>
      batch === null || i !== batch.node % ir.nodes.length || ir.ir_version === '0.1.0'
        ? node
        : { ...node, batch: batchOf(batch.items, batch.fails) },
    ),
  }));

const batchOf = (items: number, fails: boolean) => ({
  items: Array.from({ length: items }, (_, i) => i),
  max_concurrent: 2,
  ...(fails ? {} : { tolerate: { count: 1 } }),
});
