import { type AnyActorLogic, type AnyActorRef, fromPromise, type PromiseActorLogic } from 'xstate';

/** What may be told to stop. */
export interface Stoppable {
  /** Made when it is first asked for. */
  readonly signal: AbortSignal;
  /** Whether `signal` is aborted. */
  readonly isStopped: boolean;
}

/** What has a signal already. */
export const stoppable = (signal: AbortSignal): Stoppable => ({
  signal,
  get isStopped() {
    return signal.aborted;
  },
});

/** One thing to be done: what it is done with, and who is told what has come of it. */
export interface Job<Output, Input> extends Stoppable {
  readonly input: Input;
  readonly system: AnyActorRef['system'];
  succeed(output: Output): void;
  fail(error: unknown): void;
}

/** Begins a job. One of `succeed` and `fail` is called later, not before this has returned. */
export type Begin<Output, Input> = (job: Job<Output, Input>) => void;

const BEGIN = Symbol('begin');

/** The logic of an actor that does one thing and ends: XState's `fromPromise`, and all that is needed to do without its `Actor`. */
export interface OneShotLogic<Output, Input> extends PromiseActorLogic<Output, Input> {
  readonly [BEGIN]: Begin<Output, Input>;
}

/**
 * Makes such a logic. Like any other it is run by XState's own actors; the fast stepper runs it in lean ones.
 *
 * @example
 * const double = oneShot<number, number>((job) => setImmediate(() => job.succeed(2 * job.input)));
 */
export function oneShot<Output, Input>(begin: Begin<Output, Input>): OneShotLogic<Output, Input> {
  const logic = fromPromise<Output, Input>(
    ({ input, system, signal }) =>
      new Promise((succeed, fail) =>
        begin(Object.assign(stoppable(signal), { input, system, succeed, fail })),
      ),
  );
  return Object.assign(logic, { [BEGIN]: begin });
}

/** How a logic begins its one job; `null` for one that does something else. */
export function beginOf(logic: AnyActorLogic): Begin<unknown, unknown> | null {
  return BEGIN in logic ? (logic as unknown as OneShotLogic<unknown, unknown>)[BEGIN] : null;
}
