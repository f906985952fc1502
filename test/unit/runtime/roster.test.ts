import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Listed, Roster } from '../../../src/runtime/roster.js';
import { settings } from '../../helpers/arbitrary/settings.js';

describe('a roster', () => {
  it('has what a set has after the same additions and deletions', () => {
    const changes = fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(changes, (made) => {
        const things = Array.from({ length: 6 }, (): Listed => ({ place: -1 }));
        const roster = new Roster<Listed>();
        const set = new Set<Listed>();
        for (const [adds, index] of made) {
          const thing = things[index] as Listed;
          if (adds === set.has(thing)) continue;
          if (adds) roster.add(thing);
          else roster.delete(thing);
          if (adds) set.add(thing);
          else set.delete(thing);
          expect(new Set(roster.all)).toEqual(set);
          expect(roster.all).toHaveLength(set.size);
        }
        for (const thing of things) if (!set.has(thing)) roster.delete(thing);
        expect(roster.all).toHaveLength(set.size);
      }),
      settings(300),
    );
  });
});
