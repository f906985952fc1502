import { capacityDetector } from '../../../../src/runtime/scheduler/detect-capacity.js';
import { Pool } from '../../../../src/runtime/scheduler/pool.js';
import type { ResourceDefinition } from '../../../../src/runtime/scheduler/resource.js';
import { Scheduler } from '../../../../src/runtime/scheduler/scheduler.js';
import type { Demand, Shortage, Ticket } from '../../../../src/runtime/scheduler/ticket.js';
import { createVirtualClock } from '../../../../src/runtime/virtual-clock.js';

export interface Asked extends Partial<Omit<Demand, 'uses' | 'order'>> {
  readonly uses?: { readonly [resource: string]: number };
  /** Index of its node. */
  readonly order?: number;
}

/** A scheduler on a virtual clock, and what it says, in order. */
export function scheduling(
  resources: { readonly [name: string]: ResourceDefinition } = {},
  detect: (resource: string) => number | Promise<number> = () => 0,
) {
  const clock = createVirtualClock();
  const scheduler = new Scheduler({
    clock,
    resources: new Map(Object.entries(resources)),
    detectCapacity: capacityDetector(detect),
  });
  const granted: string[] = [];
  const waits: string[] = [];
  const refused: (readonly [name: string, shortage: Shortage])[] = [];
  return {
    clock,
    scheduler,
    granted,
    waits,
    refused,
    /** What was granted since this was asked for last. */
    news: async (): Promise<string[]> => {
      await clock.flush();
      return granted.splice(0);
    },
    run({ limit = null, priority = 0 }: { limit?: number | null; priority?: number } = {}) {
      const queue = scheduler.openQueue(priority);
      const places = new Pool(limit);
      const tickets = new Map<string, Ticket>();
      return {
        queue,
        ask(name: string, { uses = {}, order = 0, pools = [], ...demand }: Asked = {}) {
          const asked: Demand = {
            priority: 0,
            rank: 0,
            pauses: true,
            ...demand,
            order: [order],
            pools: [places, ...pools],
            uses: Object.entries(uses).map(([resource, amount]) => ({ resource, amount })),
          };
          const ticket = scheduler.request(queue, asked, {
            grant: () => granted.push(name),
            refuse: (shortage) => refused.push([name, shortage]),
            waits: (resource) => waits.push(`${name}: ${resource}`),
          });
          tickets.set(name, ticket);
        },
        release(name: string, returned: Promise<void> | null = null) {
          const ticket = tickets.get(name);
          if (ticket !== undefined) scheduler.release(queue, ticket, returned);
        },
      };
    },
  };
}
