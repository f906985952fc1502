import { describe, expect, it } from 'vitest';
import { simulateWorkflow } from '../../../src/analysis/simulate.js';
import { renderSimulation } from '../../../src/cli/output/simulation.js';
import { createStyle } from '../../../src/cli/output/style.js';
import { createRunner } from '../../../src/runtime/runner.js';

const runner = createRunner();
const simulate = (source: unknown, maxConcurrency: number | null = null) =>
  simulateWorkflow(runner.load(source), { maxConcurrency });
const work = (id: string, ms: number, ...dependencies: string[]) => ({
  id,
  type: 'echo',
  estimate_ms: ms,
  depends_on: dependencies,
});

const diamond = {
  id: 'diamond',
  nodes: [
    work('a', 100),
    work('b', 3000, 'a'),
    work('c', 500, 'a'),
    work('d', 500, 'c'),
    work('e', 50, 'b', 'd'),
  ],
};

describe('simulateWorkflow', () => {
  it('takes the critical path where nothing bounds concurrency (P3)', async () => {
    const { status, metrics, critical_path, utilisation } = await simulate(diamond);
    expect(status).toBe('succeeded');
    expect(critical_path).toEqual(['a', 'b', 'e']);
    expect(metrics).toMatchObject({
      wall_ms: 3150,
      critical_path_ms: 3150,
      work_ms: 4150,
      peak_concurrency: 2,
    });
    expect(utilisation).toBeCloseTo(4150 / (2 * 3150));
  });

  it('gives start and end of every node, with no barrier between branches (P3)', async () => {
    const { nodes } = await simulate(diamond);
    expect(nodes.d).toMatchObject({ started_at: 600, ended_at: 1100 });
    expect(nodes.e).toMatchObject({ started_at: 3100, ended_at: 3150 });
  });

  it('takes all the work with one slot, and no more than the bound of P3 with k', async () => {
    const one = await simulate(diamond, 1);
    expect(one.metrics).toMatchObject({ wall_ms: 4150, peak_concurrency: 1, critical_path_ms: 3150 });
    expect(one.utilisation).toBe(1);
    const nodes = Array.from({ length: 40 }, (_, index) =>
      work(
        `n${index}`,
        10 + ((index * 37) % 90),
        ...(index < 5 ? [] : [`n${(index * 7) % 5}`, `n${index - 5}`]),
      ),
    );
    for (const k of [2, 3, 5]) {
      const { metrics } = await simulate({ nodes }, k);
      expect(metrics.peak_concurrency).toBeLessThanOrEqual(k);
      expect(metrics.wall_ms).toBeLessThanOrEqual(
        metrics.work_ms / k + (1 - 1 / k) * metrics.critical_path_ms,
      );
      expect(metrics.wall_ms).toBeGreaterThanOrEqual(Math.max(metrics.critical_path_ms, metrics.work_ms / k));
    }
  });

  it('keeps a bound of the workflow’s own, and one node at a time where it is sequential', async () => {
    expect((await simulate({ ...diamond, max_concurrency: 1 }, 8)).max_concurrency).toBe(1);
    expect((await simulate({ ...diamond, ir_version: '0.1.0' })).metrics.wall_ms).toBe(4150);
  });

  it('takes a sleep node’s own time, and says which nodes have none', async () => {
    const { metrics, assumptions } = await simulate({
      nodes: [
        { id: 'nap', type: 'sleep', params: { ms: 250 } },
        { id: 'free', type: 'echo', depends_on: ['nap'] },
      ],
    });
    expect(metrics.wall_ms).toBe(250);
    expect(assumptions).toEqual(['no time for "free", which has no `estimate_ms`']);
  });

  it('repeats a loop as often as it may where its condition decides, and adds its iterations up', async () => {
    const { metrics, critical_path, assumptions, nodes } = await simulate({
      inputs: { more: { type: 'boolean' } },
      nodes: [work('draft', 100), work('review', 20), work('publish', 5)],
      edges: [
        { from: 'draft', to: 'review' },
        { from: 'review', to: 'draft', when: '${more}', max_iterations: 3 },
        { from: 'review', to: 'publish' },
      ],
    });
    expect(metrics).toMatchObject({ wall_ms: 365, critical_path_ms: 365 });
    expect(critical_path).toEqual(['draft', 'review', 'publish']);
    expect(nodes.draft?.iteration).toBe(3);
    expect(assumptions).toEqual(['every `when` holds (there is 1)']);
  });

  it('takes the edges of the action `default` only, and says what does not run', async () => {
    const { status, nodes, assumptions } = await simulate({
      nodes: [work('try', 10), work('rescue', 1000), work('next', 10)],
      edges: [
        { from: 'try', to: 'rescue', action: 'error' },
        { from: 'try', to: 'next' },
      ],
    });
    expect(status).toBe('succeeded');
    expect(nodes.rescue?.status).toBe('skipped');
    expect(assumptions).toEqual([
      'every node succeeds with the action `default`, so that no edge with "error" is taken',
      '"rescue" does not run',
    ]);
  });

  it('neither fills in parameters nor calls anything, so that missing inputs and unknown files do not matter', async () => {
    const { status, metrics } = await simulate({
      inputs: { path: { type: 'string', required: true } },
      outputs: { text: { type: 'string', source: '${read.output}' } },
      timeout_ms: 10,
      nodes: [
        {
          id: 'read',
          type: 'read-file',
          params: { path: '${path}' },
          estimate_ms: 40,
          timeout: { attempt_ms: 20 },
        },
        { id: 'boom', type: 'fail', params: { times: 9, message: 'no' }, estimate_ms: 60 },
      ],
    });
    expect(status).toBe('succeeded');
    expect(metrics.wall_ms).toBe(60);
  });

  it('works through batches, pipelines and workflows inside of the workflow, within their bounds', async () => {
    const stage = (id: string, ms: number, batch: object, more: object = {}) => ({
      id,
      type: 'echo',
      estimate_ms: ms,
      batch,
      ...more,
    });
    const { metrics, nodes, assumptions } = await simulate({
      nodes: [
        stage('read', 10, { items: [1, 2, 3, 4], max_concurrent: 2 }, { stream: true }),
        stage('pack', 30, { items: '${read.results}', max_concurrent: 1 }),
        {
          id: 'inner',
          type: 'workflow',
          depends_on: ['pack'],
          params: { inline: { nodes: [work('one', 40), work('two', 5, 'one')] } },
        },
        stage('last', 7, { items: '${unknown}' }, { depends_on: ['inner'] }),
      ],
      inputs: { unknown: { type: 'array' } },
    });
    expect(nodes.pack).toMatchObject({ started_at: 0, ended_at: 130 });
    expect(nodes.inner).toMatchObject({ started_at: 130, ended_at: 175 });
    expect(metrics.wall_ms).toBe(182);
    expect(assumptions).toEqual(['one item in "last", as only a run can say how many there are']);
  });

  it('explains the prediction of a pipeline: a stage has nothing to do before the first item has passed', async () => {
    const stage = (id: string, ms: number, items: unknown) => ({
      id,
      type: 'echo',
      estimate_ms: ms,
      batch: { items, max_concurrent: 1 },
      stream: true,
    });
    const { critical_path, metrics, outputs } = await simulate({
      nodes: [stage('f', 10, [1, 2, 3]), stage('p', 20, '${f}'), work('z', 20, 'p')],
    });
    expect(metrics).toMatchObject({ wall_ms: 90, critical_path_ms: 90 });
    expect(critical_path).toEqual(['f', 'p', 'z']);
    expect(outputs).toEqual({});
  });

  it('keeps to resources, joins and groups, and tries nothing again', async () => {
    const call = (id: string, ms: number, more: object = {}) => ({
      id,
      type: 'echo',
      estimate_ms: ms,
      uses: ['llm'],
      retry: { max_attempts: 3 },
      ...more,
    });
    const { nodes, metrics, assumptions } = await simulate({
      resources: { llm: { concurrency: 2 }, gpu: { capacity: 'auto' } },
      nodes: [
        call('a', 10, { uses: { llm: 1, gpu: 4 } }),
        call('b', 20),
        call('c', 30),
        {
          id: 'first',
          type: 'echo',
          estimate_ms: 1,
          depends_on: ['a', 'b', 'c'],
          join: { policy: 'one_success', cancel_rest: true },
        },
      ],
    });
    // The longest two go first; the join does without the third, and without the one that waits.
    expect(nodes.first).toMatchObject({ started_at: 20 });
    expect([nodes.a, nodes.b, nodes.c].map((node) => node?.status)).toEqual([
      'cancelled',
      'succeeded',
      'cancelled',
    ]);
    expect(metrics.peak_concurrency).toBe(2);
    expect(assumptions).toContain('the machine has enough of "gpu"');
  });

  it('skips what the real run skips: a template does not decide where an edge does', async () => {
    const source = {
      nodes: [
        work('start', 1),
        work('off', 1),
        work('live', 1),
        // Its edge is dead and its template is not; and the same without an edge.
        { ...work('late', 1), params: { value: '${live.output}' } },
        { id: 'fed', type: 'echo', estimate_ms: 1, params: { value: ['${live.output}', '${off.output}'] } },
      ],
      edges: [
        { from: 'start', to: 'off', action: 'error' },
        { from: 'start', to: 'live' },
        { from: 'off', to: 'late' },
      ],
    };
    const real = await runner.start(source).result;
    const simulated = await simulate(source);
    const shapeOf = ({ nodes }: typeof real) =>
      Object.entries(nodes).map(([id, { status, reason }]) => [id, status, reason]);
    expect(shapeOf(simulated)).toEqual(shapeOf(real));
    expect(simulated.nodes.late?.status).toBe('skipped');
    expect(simulated.nodes.fed?.status).toBe('succeeded');
  });

  it('simulates what a runner with larger limits accepts, groups and loops included', async () => {
    const roomy = createRunner({ limits: { nodes: 20, edges: 100, iterations: 20_000 } });
    const workflow = roomy.load({
      nodes: [work('a', 1), work('b', 2), work('c', 3), work('d', 4), work('again', 1)],
      edges: [
        { from: 'a', to: 'b', parallel_group: 'both' },
        { from: 'a', to: 'c', parallel_group: 'both' },
        { from: 'b', to: 'd' },
        { from: 'c', to: 'd' },
        { from: 'd', to: 'again' },
        { from: 'again', to: 'again', action: 'more', max_iterations: 15_000 },
      ],
    });
    expect(workflow.groups).toHaveLength(1);
    const simulation = await simulateWorkflow(workflow);
    expect(simulation).toMatchObject({ status: 'succeeded', metrics: { wall_ms: 9 } });
  });

  it('simulates hours in no time, and hostile names', async () => {
    const { metrics, critical_path } = await simulate({
      nodes: [work('__proto__', 7_200_000), work('constructor', 1, '__proto__')],
    });
    expect(metrics.wall_ms).toBe(7_200_001);
    expect(critical_path).toEqual(['__proto__', 'constructor']);
  });
});

describe('renderSimulation', () => {
  it('shows a bar in time for each node and marks the critical path', async () => {
    const text = renderSimulation(await simulate(diamond, 2), { width: 70, style: createStyle(false) });
    await expect(text).toMatchFileSnapshot('../../golden/simulation.txt');
  });
});
