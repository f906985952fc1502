import type { RunEvent, RunEventBody } from '../../src/runtime/event.js';

type WithoutName<Body> = Body extends unknown ? Omit<Body, 'name'> : never;

let seq = 0;

/** An event of a run, `at` so many milliseconds from its start; one about a node is given the node's name in workflow `w`. */
export function runEvent(at: number, body: WithoutName<RunEventBody>): RunEvent {
  const name = 'node' in body ? { name: `w.${body.node}` } : {};
  return { v: 1, run_id: 'r', seq: seq++, at, ...name, ...body } as RunEvent;
}
