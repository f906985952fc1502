import fc from 'fast-check';
import type { Outcome } from '../reference/record.js';
import { SIMPLEST_FIRST } from './choices.js';
import { CODES } from './policies.js';

/** What happens next in a run: which of the possible things, and how the node ends if it is a node's call that returns. */
export interface Choice {
  /** Taken modulo the number of things that can happen. */
  readonly pick: number;
  readonly outcome: Exclude<Outcome, { kind: 'timeout' }>;
  /** The run is cancelled instead. */
  readonly cancel: boolean;
}

export type Schedule = readonly Choice[];

/** What is chosen once a schedule is used up: the first call returns, the usual way. */
export const LAST_CHOICE: Choice = { pick: 0, outcome: { kind: 'ok', output: { ok: true } }, cancel: false };

export interface ScheduleOptions {
  /** Whether a run may be cancelled from outside; true if left out. */
  readonly cancel?: boolean;
  /** Whether nodes fail more often, and with errors that have codes; false if left out. */
  readonly codes?: boolean;
}

/** Schedules shrink to short ones in which the first call returns `{ ok: true }`. */
export function scheduleArbitrary(options: ScheduleOptions = {}): fc.Arbitrary<Schedule> {
  const cancel =
    options.cancel === false
      ? fc.constant(false)
      : fc.oneof(
          SIMPLEST_FIRST,
          { weight: 150, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        );
  return fc.array(fc.record({ pick: fc.nat(31), outcome: outcomeArbitrary(options.codes), cancel }), {
    maxLength: 80,
    size: 'max',
  });
}

export function outcomeArbitrary(codes = false): fc.Arbitrary<Choice['outcome']> {
  const coded = fc.constantFrom(...CODES).map((code): Choice['outcome'] => ({ kind: 'fail', code }));
  return fc.oneof(
    SIMPLEST_FIRST,
    { weight: 30, arbitrary: successArbitrary() },
    { weight: 3, arbitrary: fc.constant<Choice['outcome']>({ kind: 'fail' }) },
    { weight: 1, arbitrary: fc.constant<Choice['outcome']>({ kind: 'fail', terminal: true }) },
    ...(codes ? [{ weight: 8, arbitrary: coded }] : []),
  );
}

function successArbitrary(): fc.Arbitrary<Choice['outcome']> {
  const action = fc.oneof(
    SIMPLEST_FIRST,
    { weight: 5, arbitrary: fc.constant('default') },
    { weight: 5, arbitrary: fc.constant('again') },
    { weight: 2, arbitrary: fc.constantFrom('other', 'error') },
  );
  const output = fc.oneof(
    SIMPLEST_FIRST,
    { weight: 4, arbitrary: fc.constant({ ok: true }) },
    { weight: 2, arbitrary: fc.constant({ ok: false }) },
    { weight: 1, arbitrary: fc.constantFrom(null, {}, 'text', [1, 2], { ok: 'not a boolean' }) },
  );
  return fc.record({ kind: fc.constant('ok' as const), output, action });
}
