import type { JsonValue } from '../../../src/ir/json.js';
import { createReference, type Reference } from './interpreter.js';
import { type WorkflowSketch, workflowOf } from './workflow-of.js';

/** A run in the reference interpreter, with words for what tests do most. */
export interface SketchedRun extends Reference {
  /** The call returns; its output is the node's id if left out. */
  ok(id: string, action?: string, output?: JsonValue): void;
  /** The call throws an error, with a `code` if one is given. */
  fail(id: string, code?: string): void;
  /** Each node's status, with the reason where there is one. @throws Error when the run is not over */
  ended(): { [id: string]: string };
  /** The time in ms, 0 at first. */
  readonly clock: { now: number };
}

/** Starts a sketched workflow. */
export function start(sketch: WorkflowSketch): SketchedRun {
  const clock = { now: 0 };
  const run = createReference(workflowOf(sketch), () => clock.now);
  return {
    ...run,
    clock,
    ok: (id, action = 'default', output = id) => run.settle(id, { kind: 'ok', output, action }),
    fail: (id, code) => run.settle(id, { kind: 'fail', ...(code === undefined ? {} : { code }) }),
    ended: () => outcomes(run),
  };
}

function outcomes(run: Reference): { [id: string]: string } {
  const entries = Object.entries(run.result().nodes).map(([id, record]): [string, string] => {
    const { status, reason } = record;
    if (reason === null) return [id, status];
    return [id, 'node' in reason ? `${reason.kind}: ${reason.node}` : reason.kind];
  });
  return Object.fromEntries(entries);
}
