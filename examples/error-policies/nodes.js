import { defineNode } from 'forkchart';
import { z } from 'zod';

/** What is booked now: a compensation takes it out again. */
export const bookings = new Set();

const service = { down: z.array(z.string()), ms: z.number() };

const askPrice = defineNode({
  type: 'ask-price',
  params: z.strictObject({ agency: z.string(), ...service }),
  run: async ({ agency, down, ms }, ctx) => {
    await ctx.sleep(ms);
    if (down.includes(agency)) throw new Error(`${agency} does not answer`);
    return { agency, price: 100 + agency.length };
  },
});

const cheapest = defineNode({
  type: 'cheapest',
  run: (_params, { input }) => [...input.values()].sort((a, b) => a.price - b.price)[0],
});

const book = defineNode({
  type: 'book',
  params: z.strictObject({ what: z.string(), ...service }),
  run: async ({ what, down, ms }, ctx) => {
    await ctx.sleep(ms);
    if (down.includes(what)) throw Object.assign(new Error(`no ${what} left`), { code: 'SOLD_OUT' });
    if (down.includes(`${what} once`) && ctx.attempt === 1) throw new Error(`${what} is busy`);
    bookings.add(what);
    return what;
  },
});

const unbook = defineNode({
  type: 'unbook',
  params: z.strictObject({ booking: z.string() }),
  run: ({ booking }) => {
    bookings.delete(booking);
  },
});

export const nodes = [askPrice, cheapest, book, unbook];
