import fc from 'fast-check';
import { rarely } from '../arbitrary/choices.js';
import { CODES } from '../arbitrary/policies.js';
import type { Happening } from './drive.js';
import type { Ending } from './live.js';

const code = fc.constantFrom(...CODES, 'FC5008');
const action = fc.constantFrom('default', 'default', 'default', 'again', 'again', 'other', 'error');

const weighted = <Kind extends string>(weights: Readonly<Record<Kind, number>>) =>
  fc.oneof(
    { withCrossShrink: true },
    ...(Object.entries(weights) as [Kind, number][]).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind),
    })),
  );

const happening: fc.Arbitrary<Happening> = fc.record({
  pick: fc.nat(997),
  kind: weighted({ event: 80, stale: 3, restore: 7, adopt: 3, rewind: 5, stop: 1 }),
  output: fc.constantFrom({ ok: true }, { ok: false }, null, 'text'),
  action,
  code,
  terminal: rarely(3),
  at: fc.constantFrom(0, 0, 0, 700, 3000, 9000),
});

const ending: fc.Arbitrary<Ending> = fc.record({
  pick: fc.nat(97),
  kind: weighted({ result: 60, failure: 16, time: 12, restore: 10, swap: 8, watch: 2, cancel: 1 }),
  action,
  code,
});

/** What happens to machines, one thing after another. */
export const happenings = fc.array(happening, { maxLength: 18, size: 'max' });

/** What happens to actors that run, one thing after another. */
export const endings = fc.array(ending, { maxLength: 30, size: 'max' });
