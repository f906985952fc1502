import { describe, expect, it } from 'vitest';
import { planWorkflow } from '../../../src/analysis/plan.js';
import { renderPlan } from '../../../src/cli/output/plan.js';
import { createStyle } from '../../../src/cli/output/style.js';
import { createRunner } from '../../../src/runtime/runner.js';

const runner = createRunner();
const planOf = (source: unknown) => planWorkflow(runner.load(source));
const stepsOf = (source: unknown) => planOf(source).steps.map((step) => step.nodes.map((node) => node.id));
const echo = (id: string, rest: object = {}) => ({ id, type: 'echo', ...rest });

describe('planWorkflow', () => {
  it('puts into one step the nodes that may start together', () => {
    const steps = stepsOf({
      nodes: [echo('fetch'), echo('analyze'), echo('visualize'), echo('report')],
      edges: [
        { from: 'fetch', to: 'analyze' },
        { from: 'fetch', to: 'visualize' },
        { from: 'analyze', to: 'report' },
        { from: 'visualize', to: 'report' },
      ],
    });
    expect(steps).toEqual([['fetch'], ['analyze', 'visualize'], ['report']]);
  });

  it('puts a node after the longest of the chains that lead to it, whatever the order of declaration', () => {
    const steps = stepsOf({
      nodes: [
        echo('end', { depends_on: ['a', 'c'] }),
        echo('c', { depends_on: ['b'] }),
        echo('b', { depends_on: ['a'] }),
        echo('a'),
      ],
    });
    expect(steps).toEqual([['a'], ['b'], ['c'], ['end']]);
  });

  it('holds back a whole loop for what leads into it, and what follows it for all of it', () => {
    const steps = stepsOf({
      nodes: [
        echo('start'),
        echo('slow'),
        echo('slower', { depends_on: ['slow'] }),
        echo('draft'),
        echo('review'),
        echo('note'),
        echo('publish'),
      ],
      edges: [
        { from: 'start', to: 'draft' },
        // Leads into the middle of the loop: the loop's header waits for it too.
        { from: 'slower', to: 'review' },
        { from: 'draft', to: 'review' },
        { from: 'draft', to: 'note' },
        { from: 'review', to: 'draft', action: 'revise', max_iterations: 3 },
        { from: 'review', to: 'publish' },
      ],
    });
    expect(steps).toEqual([['start', 'slow'], ['slower'], ['draft'], ['review'], ['note', 'publish']]);
  });

  it('says what each node waits for, and why', () => {
    const plan = planOf({
      inputs: { big: { type: 'boolean' } },
      nodes: [
        echo('a'),
        echo('b', { params: { value: '${a.output}' } }),
        echo('c', { depends_on: ['a'] }),
        echo('d'),
      ],
      edges: [{ from: 'c', to: 'd', action: 'go', when: '${big}' }],
    });
    const waits = Object.fromEntries(
      plan.steps.flatMap((step) => step.nodes.map((node) => [node.id, node.waits_for])),
    );
    expect(waits.a).toEqual([]);
    const plain = { action: null, when: null, catches: null, streams: false };
    expect(waits.b).toEqual([{ ...plain, node: 'a', origin: 'template' }]);
    expect(waits.c).toEqual([{ ...plain, node: 'a', origin: 'depends_on' }]);
    expect(waits.d).toEqual([{ ...plain, node: 'c', action: 'go', when: '${big}', origin: 'edge' }]);
  });

  it('survives a chain of 2000 nodes and names such as __proto__', () => {
    const nodes = Array.from({ length: 2000 }, (_, index) =>
      echo(`n${index}`, index === 0 ? {} : { depends_on: [`n${index - 1}`] }),
    );
    expect(planOf({ nodes }).steps).toHaveLength(2000);
    expect(
      stepsOf({ nodes: [echo('__proto__'), echo('constructor', { depends_on: ['__proto__'] })] }),
    ).toEqual([['__proto__'], ['constructor']]);
  });
});

describe('renderPlan', () => {
  const style = createStyle(false);

  it('shows steps, groups, loops and policies', async () => {
    const plan = planOf({
      id: 'article',
      description: 'Writes an article.',
      max_concurrency: 4,
      inputs: { topic: { type: 'string', default: 'tea' } },
      nodes: [
        echo('collect', {
          params: { value: '${topic}' },
          retry: { max_attempts: 3, initial_ms: 10 },
          timeout: { attempt_ms: 5000 },
        }),
        echo('facts'),
        echo('pictures', { on_error: 'continue' }),
        echo('draft', { params: { value: '${facts.output}' } }),
        echo('review'),
        echo('publish', { when: '${topic} != ""' }),
      ],
      edges: [
        { from: 'collect', to: 'facts', parallel_group: 'research' },
        { from: 'collect', to: 'pictures', parallel_group: 'research' },
        { from: 'facts', to: 'draft' },
        { from: 'pictures', to: 'draft' },
        { from: 'draft', to: 'review' },
        { from: 'review', to: 'draft', action: 'revise', max_iterations: 3 },
        { from: 'review', to: 'publish', action: 'accept' },
      ],
    });
    await expect(renderPlan(plan, { style })).toMatchFileSnapshot('../../golden/plan.txt');
  });

  it('shows joins, what failures do, batches, resources and state', async () => {
    const plan = planOf({
      id: 'policies',
      on_error: 'fail_safe',
      resources: {
        llm: { concurrency: 5, rate: { limit: 60, per_ms: 60_000 } },
        gpu: { capacity: 'auto' },
      },
      state: { notes: { reducer: 'append' } },
      nodes: [
        echo('load', {
          retry: { max_attempts: 3, retry_on: ['ECONNRESET'], not_on: ['FC6003'] },
          timeout: { total_ms: 60_000 },
          catch: [{ match: '*', goto: 'repair', as: 'problem' }],
        }),
        echo('repair', { writes: ['notes'], compensate: { type: 'echo' } }),
        echo('ask', {
          uses: { llm: 1, gpu: 2 },
          priority: 3,
          batch: {
            items: '${load}',
            max_concurrent: 5,
            error_handling: 'fail_safe',
            tolerate: { percent: 10 },
          },
          stream: true,
        }),
        echo('rate', { batch: { items: '${ask.results}', batch_size: 20, reduce: 'max' } }),
        echo('fast', { fallback: null }),
        echo('slow', { on_error: 'fail_safe' }),
        echo('first', { join: { policy: 'one_success', cancel_rest: true } }),
        echo('most', { join: { policy: 'quorum', count: 2 } }),
        echo('last', { join: { policy: 'all_done' } }),
        {
          id: 'inner',
          type: 'workflow',
          params: { inline: { nodes: [echo('one'), echo('two')] } },
          join: { policy: 'none_failed' },
        },
      ],
      edges: [
        { from: 'load', to: 'fast', parallel_group: 'race' },
        { from: 'load', to: 'slow', parallel_group: 'race' },
        ...['first', 'most', 'last'].flatMap((to) => ['fast', 'slow'].map((from) => ({ from, to }))),
        { from: 'last', to: 'inner' },
      ],
      parallel_groups: {
        race: { on_error: 'fail_fast', tolerate: { count: 1 }, cancel: 'drain', max_concurrency: 2 },
      },
    });
    await expect(renderPlan(plan, { style })).toMatchFileSnapshot('../../golden/plan-policies.txt');
  });

  it('does not claim that a sequential workflow does anything in parallel', () => {
    const text = renderPlan(planOf({ execution_mode: 'sequential', nodes: [echo('a'), echo('b')] }), {
      style,
    });
    expect(text).toContain('one at a time');
    expect(text).not.toContain('in parallel');
  });
});
