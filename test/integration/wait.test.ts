import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runtime/event.js';
import { createRunner } from '../../src/runtime/runner.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { echo, edges, sleep } from '../helpers/sketch.js';

const wait = (id: string, event: string, more: object = {}, params: object = {}) => ({
  id,
  type: 'wait',
  params: { event, ...params },
  ...more,
});

/** A run on a virtual clock, under way, with what it says. */
async function begin(source: unknown) {
  const clock = createVirtualClock();
  const events: RunEvent[] = [];
  const run = createRunner({ clock }).start(source, {}, { onEvent: (event) => events.push(event) });
  await clock.flush();
  return { clock, run, events, end: () => clock.runUntil(run.result) };
}

describe('a node that waits', () => {
  it('ends with the payload of the next event of its name', async () => {
    const { run, clock, events, end } = await begin({
      nodes: [wait('w', 'approved'), echo('after', '${w.by}'), sleep('beside', 10)],
      edges: edges('w>after'),
    });
    await clock.advance(50);
    expect(run.send('approved', { by: 'Ada' })).toBe(true);
    const { status, nodes } = await end();
    expect(status).toBe('succeeded');
    expect(nodes.w).toMatchObject({
      status: 'succeeded',
      started_at: 0,
      ended_at: 50,
      output: { by: 'Ada' },
    });
    expect(nodes.after?.output).toBe('Ada');
    expect(events.filter(({ type }) => type === 'event.received')).toEqual([
      expect.objectContaining({ node: 'w', event: 'approved', at: 50 }),
    ]);
  });

  it('is given what came before it waited, in order', async () => {
    const { run, end } = await begin({
      nodes: [sleep('s', 10), wait('a', 'e'), wait('b', 'e')],
      edges: edges('s>a', 'a>b'),
    });
    expect([run.send('e', 1), run.send('e', 2)]).toEqual([false, false]);
    const { nodes } = await end();
    expect([nodes.a?.output, nodes.b?.output]).toEqual([1, 2]);
  });

  it('goes first if it has waited longest', async () => {
    const { run, clock, end } = await begin({
      nodes: [sleep('s', 10), wait('late', 'e'), wait('early', 'e')],
      edges: edges('s>late'),
    });
    await clock.advance(20);
    expect([run.send('e', 1), run.send('e', 2)]).toEqual([true, true]);
    const { nodes } = await end();
    expect([nodes.early?.output, nodes.late?.output]).toEqual([1, 2]);
  });

  it('is given what is sent before the run begins', async () => {
    const clock = createVirtualClock();
    const run = createRunner({ clock }).start({ nodes: [wait('w', 'e')] });
    expect(run.send('e')).toBe(false);
    expect((await clock.runUntil(run.result)).nodes.w).toMatchObject({ status: 'succeeded', output: null });
  });

  it('takes one event for each iteration of a loop', async () => {
    const { run, clock, events, end } = await begin({
      nodes: [wait('w', 'word'), echo('said', '${w}')],
      edges: [...edges('w>said'), { from: 'said', to: 'w', when: "said != 'stop'", max_iterations: 5 }],
    });
    for (const [word, waited] of [
      ['one', true],
      ['two', false],
    ] as const)
      expect(run.send('word', word)).toBe(waited);
    await clock.flush();
    expect(run.send('word', 'stop')).toBe(true);
    const { nodes } = await end();
    expect(nodes.said?.output).toBe('stop');
    expect(nodes.said?.earlier?.map(({ output }) => output)).toEqual(['one', 'two']);
    expect(events.flatMap((event) => (event.type === 'event.received' ? [event.iteration] : []))).toEqual([
      1, 2, 3,
    ]);
  });

  it('refuses what does not match its schema, and goes on waiting', async () => {
    const { run, end } = await begin({
      nodes: [
        wait(
          'w',
          'e',
          {},
          { schema: { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } } },
        ),
      ],
    });
    expect(() => run.send('e', { ok: 'yes' })).toThrow(
      expect.objectContaining({ code: 'FC5016', message: expect.stringContaining('`ok`') }),
    );
    expect(run.send('e', { ok: true })).toBe(true);
    expect((await end()).nodes.w?.output).toEqual({ ok: true });
  });

  it('drops what was kept and does not match, and says so', async () => {
    const { run, clock, events, end } = await begin({
      nodes: [sleep('s', 10), wait('w', 'e', {}, { schema: { type: 'integer' } })],
      edges: edges('s>w'),
    });
    expect([run.send('e', 'many'), run.send('e', 'more')]).toEqual([false, false]);
    await clock.advance(20);
    expect(events.flatMap((event) => (event.type === 'event.refused' ? [event] : []))).toEqual([
      expect.objectContaining({ node: 'w', event: 'e', problems: [expect.stringContaining('number')] }),
      expect.objectContaining({ node: 'w', event: 'e' }),
    ]);
    expect(run.send('e', 7)).toBe(true);
    expect((await end()).nodes.w?.output).toBe(7);
  });

  it('times out as any node, and leaves the next event to others', async () => {
    const { run, clock, end } = await begin({
      nodes: [
        wait('w', 'e', { timeout: { attempt_ms: 10 }, on_error: 'continue' }),
        sleep('s', 30),
        wait('next', 'e'),
      ],
      edges: edges('s>next'),
    });
    await clock.advance(20);
    expect(run.send('e', 1)).toBe(false);
    const { nodes } = await end();
    expect(nodes.w?.status).toBe('timed_out');
    expect(nodes.next?.output).toBe(1);
  });

  it('fails for a schema that cannot be used, and is not tried again', async () => {
    const { end } = await begin({
      nodes: [
        echo('given', { type: 'string', pattern: '(a+)+$' }),
        wait('w', 'e', { retry: { max_attempts: 3, initial_ms: 1 } }, { schema: '${given}' }),
      ],
    });
    expect((await end()).nodes.w).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'FC3011', path: '/nodes/1' },
    });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const { run, clock, end } = await begin({
      nodes: [wait('w', 'e'), sleep('s', 5)],
    });
    await clock.advance(1);
    run.cancel();
    expect(run.send('e', 1)).toBe(false);
    expect((await end()).nodes.w?.status).toBe('cancelled');
  });
});

describe('a run that has settled', () => {
  it('is sent nothing', async () => {
    const { run, end } = await begin({ nodes: [echo('a')] });
    await end();
    expect(() => run.send('e', 1)).toThrow(expect.objectContaining({ code: 'FC9002' }));
  });
});
