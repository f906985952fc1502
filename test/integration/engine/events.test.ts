import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../src/runtime/runner.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('what is seen is what ran (P15)', () => {
  it('every record can be told from the events alone, in one order', async () => {
    const { result, events } = await traceRun({
      nodes: [sleep('a', 10), sleep('b', 20), { id: 'c', type: 'fail' }],
      edges: edges('a>c'),
      on_error: 'fail_safe',
    });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(events.every((event, index) => event.at >= (events[index - 1]?.at ?? 0))).toBe(true);
    for (const [id, record] of Object.entries(result.nodes)) {
      const settled = events.filter((event) => event.type === 'node.settled' && event.node === id);
      expect(settled).toHaveLength(1);
      expect(settled[0]).toMatchObject({ at: record.ended_at, status: record.status, output: record.output });
    }
    expect(events.at(0)?.type).toBe('run.started');
    expect(events.at(-1)).toMatchObject({ type: 'run.settled', status: 'failed' });
  });

  it('an event loop over a run ends with it', async () => {
    const run = createRunner().start({ nodes: [echo('a')] });
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    expect(types).toEqual(['run.started', 'node.queued', 'node.started', 'node.settled', 'run.settled']);
  });
});
