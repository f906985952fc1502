import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../../src/runtime/runner.js';
import { capacityDetector } from '../../../../src/runtime/scheduler/detect-capacity.js';
import { nodeDemands } from '../../../../src/runtime/scheduler/node-demands.js';
import { RunPlaces } from '../../../../src/runtime/scheduler/run-places.js';
import { Scheduler } from '../../../../src/runtime/scheduler/scheduler.js';
import { createVirtualClock } from '../../../../src/runtime/virtual-clock.js';
import { echo } from '../../../helpers/sketch.js';

const loader = createRunner();
const observer = { waited: () => {}, held: () => {}, freed: () => {} };
const noCall = () => null;

function opened(source: object, limit: number | null = null) {
  const clock = createVirtualClock();
  const scheduler = new Scheduler({ clock, detectCapacity: capacityDetector(() => 0) });
  const granted: string[] = [];
  const refused: object[] = [];
  const options = (from: object) => {
    const workflow = loader.load(from);
    return { workflow, demands: nodeDemands(workflow), observer };
  };
  const places = RunPlaces.open(scheduler, { ...options(source), limit, priority: 0 });
  const ask = (node: number, item: number | null = null, of = places, prefix = '') =>
    of.request(
      {
        node,
        item,
        about: () => ({ node: '', name: '' }),
        grant: () => granted.push(`${prefix}${item === null ? node : `${node}.${item}`}`),
        refuse: (failure) => refused.push(failure),
      },
      () => {},
    );
  const news = async () => {
    await clock.flush();
    return granted.splice(0);
  };
  return { places, ask, news, refused, options };
}

describe('the places of a run', () => {
  it('are taken by the items of a batch and not by the batch, nor by what only waits', async () => {
    const { ask, news } = opened(
      {
        nodes: [
          { ...echo('batch'), batch: { items: [1, 2, 3] } },
          { id: 'wait', type: 'wait', params: { event: 'go' } },
          { id: 'sub', type: 'workflow', params: { inline: { nodes: [echo('x')] } } },
          echo('plain'),
        ],
      },
      1,
    );
    for (const node of [0, 1, 2, 3]) ask(node);
    expect(await news()).toEqual(['0', '1', '2', '3']);
    ask(0, 0);
    expect(await news()).toEqual([]);
  });

  it('are given back for a node with all of its items, those that wait included', async () => {
    const { places, ask, news } = opened(
      { nodes: [{ ...echo('batch'), batch: { items: [1, 2, 3] } }, echo('next')] },
      2,
    );
    for (const item of [null, 0, 1, 2]) ask(0, item);
    ask(1);
    expect(await news()).toEqual(['0', '0.0', '0.1']);
    let comeBack = () => {};
    const returned = new Promise<void>((resolve) => (comeBack = resolve));
    places.release({ node: 0, item: 1 }, noCall);
    places.release({ node: 0, item: null }, ({ item }) => (item === 0 ? returned : null));
    expect(await news()).toEqual(['1']);
    ask(0, 3);
    expect(await news()).toEqual([]);
    comeBack();
    expect(await news()).toEqual(['0.3']);
  });

  it('are refused with a failure that says how much there is', async () => {
    const { places, ask, news, refused } = opened({
      resources: { gpu: { capacity: 'auto' } },
      nodes: [{ ...echo('a'), uses: { gpu: 2 } }],
    });
    ask(0);
    await news();
    expect(refused).toEqual([
      {
        code: 'FC5014',
        message: '`a` asks for 2 of `gpu`, of which none was found.',
        node: 'a',
        path: '/nodes/0',
        hint: 'Write its `capacity` as a number, or pass `detectCapacity` to the runner.',
      },
    ]);
    places.close(noCall);
  });

  it('are given to nobody once the run is closed', async () => {
    const { places, ask, news } = opened({ nodes: [echo('a'), echo('b')] }, 1);
    ask(0);
    ask(1);
    await news();
    places.close(noCall);
    ask(1);
    expect(await news()).toEqual([]);
  });
});

describe('the nodes of a sub-workflow', () => {
  const group = {
    nodes: [
      echo('fork'),
      { id: 'sub', type: 'workflow', params: { inline: { nodes: [echo('x'), echo('y')] } } },
      echo('b'),
      echo('c'),
    ],
    edges: [
      { from: 'fork', to: 'sub', parallel_group: 'few' },
      { from: 'fork', to: 'b', parallel_group: 'few' },
      { from: 'fork', to: 'c' },
    ],
    parallel_groups: { few: { max_concurrency: 1 } },
  };
  const inner = { nodes: [echo('x'), echo('y')] };

  it('take places of the run around them, and of the groups around the node that runs it', async () => {
    const { places, ask, news, options } = opened(group, 2);
    const within = places.openWithin(1, options(inner));
    ask(0, null, within, 'inner ');
    ask(2);
    ask(3);
    expect(await news()).toEqual(['inner 0', '3']);
    within.release({ node: 0, item: null }, noCall);
    expect(await news()).toEqual(['2']);
  });

  it('have keys of their own, and leave the run around them as it is when they are over', async () => {
    const { places, ask, news, options } = opened({ nodes: group.nodes });
    const within = places.openWithin(1, options(inner));
    ask(0, null, within, 'inner ');
    ask(0);
    expect(await news()).toEqual(['0', 'inner 0']);
    within.close(noCall);
    ask(2);
    expect(await news()).toEqual(['2']);
  });
});

describe('resources for what a node calls', () => {
  const source = {
    resources: { llm: { concurrency: 1 }, gpu: { capacity: 1 } },
    nodes: [echo('a'), { ...echo('b'), uses: ['llm'] }],
  };
  const llm = [{ resource: 'llm', amount: 1 }];

  it('are waited for in line, without a place, through a pause', async () => {
    const { places, ask, news } = opened(source, 1);
    ask(0);
    await news();
    places.pause();
    const release = await places.acquire(0, llm, new AbortController().signal);
    places.release({ node: 0, item: null }, noCall);
    places.resume();
    ask(1);
    expect(await news()).toEqual([]);
    release();
    expect(await news()).toEqual(['1']);
  });

  it('are no longer waited for once the signal is aborted', async () => {
    const { places, ask, news } = opened(source);
    const release = await places.acquire(0, llm, new AbortController().signal);
    const controller = new AbortController();
    const waiting = places.acquire(0, llm, controller.signal);
    const outcome = expect(waiting).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await outcome;
    await expect(places.acquire(0, llm, controller.signal)).rejects.toThrow('enough');
    release();
    ask(1);
    expect(await news()).toEqual(['1']);
  });

  it('are refused where there can never be so much, and where nobody declares them', async () => {
    const { places } = opened(source);
    const { signal } = new AbortController();
    await expect(places.acquire(0, [{ resource: 'gpu', amount: 2 }], signal)).rejects.toMatchObject({
      code: 'FC5014',
      terminal: true,
      message: '`a` asks for 2 of `gpu`, of which there can never be more than 1.',
    });
    await expect(places.acquire(0, [{ resource: 'cpu', amount: 1 }], signal)).rejects.toMatchObject({
      code: 'FC5014',
      message: '`a` asks for 1 of `cpu`, which neither a workflow nor the runner declares.',
    });
  });
});
