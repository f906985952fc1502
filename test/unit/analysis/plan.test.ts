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
    expect(waits.b).toEqual([{ node: 'a', action: null, when: null, origin: 'template' }]);
    expect(waits.c).toEqual([{ node: 'a', action: null, when: null, origin: 'depends_on' }]);
    expect(waits.d).toEqual([{ node: 'c', action: 'go', when: '${big}', origin: 'edge' }]);
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

  it('does not claim that a sequential workflow does anything in parallel', () => {
    const text = renderPlan(planOf({ execution_mode: 'sequential', nodes: [echo('a'), echo('b')] }), {
      style,
    });
    expect(text).toContain('one at a time');
    expect(text).not.toContain('in parallel');
  });
});
