import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LAST_CHOICE,
  outcomeArbitrary,
  type Schedule,
  scheduleArbitrary,
} from '../helpers/arbitrary/schedule.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { workflowArbitrary } from '../helpers/arbitrary/workflow.js';
import { asReferenceResult, type Engine, engineFor } from '../helpers/reference/engine.js';
import type { Outcome, ReferenceResult } from '../helpers/reference/record.js';

type CallOutcome = Exclude<Outcome, { kind: 'timeout' }>;
/** How the n-th call of a node ends, whenever it does. */
type Behaviour = (id: string, call: number) => CallOutcome;

/** Runs a workflow to its end: the nodes behave as told, and the schedule decides only which of them returns first. */
async function runThrough(
  engine: Engine,
  behaviour: Behaviour,
  schedule: Schedule,
): Promise<ReferenceResult> {
  const run = await engine.start();
  const calls = new Map<string, number>();
  for (let turn = 0; ; turn++) {
    const running = run.running();
    const due = run.clock.nextTimerAt();
    const { pick } = schedule[turn] ?? LAST_CHOICE;
    const id = running[pick % (running.length + (due === null ? 0 : 1))];
    if (id !== undefined) {
      const call = (calls.get(id) ?? 0) + 1;
      calls.set(id, call);
      await run.settle(id, behaviour(id, call));
    } else if (due !== null) {
      await run.clock.advance(due - run.clock.now());
    } else {
      const result = await run.end();
      if (result === null) throw new Error('The run does not end.');
      return asReferenceResult(result);
    }
  }
}

describe('the order in which nodes end', () => {
  it('does not change any record of a fail_safe run (P1, P4)', async () => {
    const workflows = workflowArbitrary({ onError: 'fail_safe', limits: false, timeouts: false });
    const order = scheduleArbitrary({ cancel: false });
    const outcomes = fc.array(outcomeArbitrary(), { minLength: 1, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(workflows, outcomes, order, order, async (ir, table, one, other) => {
        const positions = new Map(ir.nodes.map((node, index) => [node.id, index]));
        const behaviour: Behaviour = (id, call) =>
          table[((positions.get(id) ?? 0) * 7 + call * 3) % table.length] ?? LAST_CHOICE.outcome;
        const first = engineFor(ir);
        if (first.workflow === null) return;
        const { nodes } = await runThrough(first, behaviour, one);
        expect(Object.keys(nodes).sort()).toEqual(ir.nodes.map((node) => node.id).sort());
        expect((await runThrough(engineFor(ir), behaviour, other)).nodes).toEqual(nodes);
      }),
      settings(1000),
    );
  }, 300_000);
});
