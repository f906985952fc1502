import type { RunEvent } from '../../src/runtime/event.js';
import type { RunResult } from '../../src/runtime/record.js';
import { createRunner } from '../../src/runtime/runner.js';
import type { RunnerOptions, StartOptions } from '../../src/runtime/runner-options.js';
import { createVirtualClock, type VirtualClock } from '../../src/runtime/virtual-clock.js';

/** A finished run with everything that it said. */
export interface Trace {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  /** By node id: its status. */
  readonly statuses: { readonly [id: string]: string };
}

/** Runs a workflow to its end on a virtual clock: one of its own, unless one is given. */
export async function traceRun(
  source: unknown,
  options: Omit<RunnerOptions, 'clock'> & {
    readonly clock?: VirtualClock;
    readonly inputs?: { readonly [name: string]: unknown };
    readonly start?: StartOptions;
  } = {},
): Promise<Trace> {
  const { inputs, start, clock = createVirtualClock(), ...runnerOptions } = options;
  const runner = createRunner({ clock, ids: () => 'run', random: () => 0.5, ...runnerOptions });
  const events: RunEvent[] = [];
  const run = runner.start(source, inputs, { ...start, onEvent: (event) => events.push(event) });
  const result = await clock.runUntil(run.result);
  const statuses = Object.fromEntries(Object.entries(result.nodes).map(([id, { status }]) => [id, status]));
  await runner.close();
  return { result, events, statuses };
}
