import { z } from 'zod';
import { defineNode } from '../../../src/actors/node.js';
import { route } from '../../../src/actors/route.js';
import { InvalidWorkflowError, TerminalError } from '../../../src/ir/errors.js';
import type { Workflow } from '../../../src/ir/workflow.js';
import type { RunEvent } from '../../../src/runtime/event.js';
import type { NodeRecord, RunResult } from '../../../src/runtime/record.js';
import { createRunner, type Runner } from '../../../src/runtime/runner.js';
import { createVirtualClock, type VirtualClock } from '../../../src/runtime/virtual-clock.js';
import type { AuthorIr } from '../arbitrary/author-ir.js';
import { compensationOf } from './compensation.js';
import type { Outcome, ReferenceRecord, ReferenceResult } from './record.js';

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A run of the real engine whose node functions return when, and what, a test says. */
export interface SteppedRun {
  /** Ids of the nodes whose function has been called and has not returned, sorted. */
  running(): string[];
  settle(id: string, outcome: Exclude<Outcome, { kind: 'timeout' }>): Promise<void>;
  cancel(): Promise<void>;
  readonly clock: VirtualClock;
  readonly events: readonly RunEvent[];
  /** The run's result; `null` when it does not end although nothing runs any more. @throws whatever broke the chart */
  end(): Promise<RunResult | null>;
}

/** Everything that makes the engine and the reference run the same workflow: it is checked once, for both. */
export interface Engine {
  readonly workflow: Workflow | null;
  /** Why there is no workflow. */
  readonly problems: readonly string[];
  start(): Promise<SteppedRun>;
}

/**
 * Checks a workflow whose nodes all have the type `step`, ready to be run by the engine. What undoes a node is a `step` as
 * well, with the parameter `undo: true`.
 */
export function engineFor(ir: AuthorIr): Engine {
  const calls = new Map<string, Call>();
  const step = defineNode({
    type: 'step',
    description: 'Returns when it is told to; stops at once when it is aborted.',
    params: z.looseObject({ undo: z.boolean().optional() }),
    run: ({ undo }, ctx) =>
      new Promise((resolve, reject) => {
        const name = undo === true ? compensationOf(ctx.node) : ctx.node;
        if (calls.has(name)) throw new Error(`Node ${name} is called while it runs.`);
        const call = { resolve, reject };
        calls.set(name, call);
        ctx.signal.addEventListener('abort', () => {
          if (calls.get(name) === call) calls.delete(name);
          reject(ctx.signal.reason);
        });
      }),
  });
  const clock = createVirtualClock();
  const runner = createRunner({ nodes: [step], clock, ids: () => 'run', random: () => 0 });
  const { workflow, problems } = load(runner, ir);

  const start = async (): Promise<SteppedRun> => {
    const events: RunEvent[] = [];
    const run = runner.start(workflow, {}, { onEvent: (event) => events.push(event) });
    let result: RunResult | null = null;
    let broken: unknown = null;
    run.result.then(
      (value) => {
        result = value;
      },
      (error) => {
        broken = error;
      },
    );
    await clock.flush();
    return {
      running: () => [...calls.keys()].sort(),
      async settle(id, outcome) {
        const call = calls.get(id);
        if (call === undefined) throw new Error(`The engine does not run ${JSON.stringify(id)}.`);
        calls.delete(id);
        if (outcome.kind === 'ok') call.resolve(route(outcome.action ?? 'default', outcome.output));
        else call.reject(errorOf(outcome));
        await clock.flush();
      },
      async cancel() {
        run.cancel('told to');
        await clock.flush();
      },
      clock,
      events,
      async end() {
        for (let turn = 0; turn < 10 && result === null && broken === null; turn++) await clock.flush();
        if (broken !== null) throw broken;
        return result;
      },
    };
  };
  return { workflow, problems, start };
}

function errorOf({ terminal, code }: Extract<Outcome, { kind: 'fail' }>): Error {
  const error = terminal ? new TerminalError('told to') : new Error('told to');
  return code === undefined ? error : Object.assign(error, { code });
}

function load(runner: Runner, ir: AuthorIr): Pick<Engine, 'workflow' | 'problems'> {
  try {
    return { workflow: runner.load(ir), problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidWorkflowError)) throw error;
    const errors = error.diagnostics.filter((one) => one.severity === 'error');
    return { workflow: null, problems: errors.map((one) => `${one.code}: ${one.message}`) };
  }
}

/** The part of a result that the reference knows as well. */
export function asReferenceResult(result: RunResult): ReferenceResult {
  const nodes: { [id: string]: ReferenceRecord } = Object.create(null);
  for (const [id, record] of Object.entries(result.nodes)) nodes[id] = asReferenceRecord(record);
  const error = result.error === null ? null : { code: result.error.code, node: result.error.node };
  return { status: result.status, error, nodes };
}

function asReferenceRecord(record: NodeRecord): ReferenceRecord {
  return {
    status: record.status,
    attempts: record.attempts,
    output: record.output,
    errorCode: record.error?.code ?? null,
    action: record.action,
    reason: record.reason,
    handledBy: record.handled_by ?? null,
    compensation: compensationIn(record),
    iteration: record.iteration ?? null,
    earlier: (record.earlier ?? []).map(asReferenceRecord),
  };
}

function compensationIn({ compensation }: NodeRecord): ReferenceRecord['compensation'] {
  if (compensation === undefined || compensation === null) return null;
  return { status: compensation.status, errorCode: compensation.error?.code ?? null };
}
