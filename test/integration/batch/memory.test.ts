import { expect, it } from 'vitest';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { createVirtualClock } from '../../../src/runtime/virtual-clock.js';

const ITEMS = 20_000;
const WINDOW = 50;

it('works through many items with no more than a window of them alive', { timeout: 120_000 }, async () => {
  const live = { read: 0, settled: 0, most: 0 };
  const lanes = new Set<string>();
  const snapshots: number[] = [];
  const rows = defineNode({
    type: 'rows',
    run: async function* () {
      while (live.read < ITEMS) {
        live.read++;
        live.most = Math.max(live.most, live.read - live.settled);
        yield { n: live.read };
      }
    },
  });
  const half = defineNode({
    type: 'half',
    params: z.object({ row: z.object({ n: z.number() }) }),
    run: async ({ row }, ctx) => {
      await ctx.sleep(1);
      live.settled++;
      // Early and late: what the chart holds does not grow with what it has done.
      if (row.n % (ITEMS / 4) === 0) snapshots.push(JSON.stringify(run.snapshot()).length);
      return row.n / 2;
    },
  });
  const inspect = (event: InspectionEvent) => {
    if (event.type === '@xstate.actor' && (event.actorRef as AnyActorRef).id.startsWith('lane-'))
      lanes.add(event.actorRef.sessionId);
  };
  const clock = createVirtualClock();
  const runner = createRunner({ nodes: [rows, half], inspect, clock });
  const batch = { items: '${rows}', max_concurrent: WINDOW, reduce: 'sum' };
  const run = runner.start({
    nodes: [
      { id: 'rows', type: 'rows' },
      { id: 'b', type: 'half', params: { row: '${item}' }, batch },
    ],
  });
  const { nodes } = await clock.runUntil(run.result);
  await runner.close();

  expect(nodes.b?.output).toEqual({
    results: [],
    count: ITEMS,
    success_count: ITEMS,
    error_count: 0,
    errors: [],
    reduced: (ITEMS * (ITEMS + 1)) / 4,
  });
  expect(live.most).toBe(WINDOW);
  expect(lanes.size).toBe(WINDOW);
  expect(snapshots).toHaveLength(4);
  expect(Math.max(...snapshots)).toBeLessThan(1.1 * (snapshots[0] ?? 0));
});
