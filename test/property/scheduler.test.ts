import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityDetector } from '../../src/runtime/scheduler/detect-capacity.js';
import { Pool } from '../../src/runtime/scheduler/pool.js';
import { Scheduler } from '../../src/runtime/scheduler/scheduler.js';
import type { Ticket } from '../../src/runtime/scheduler/ticket.js';
import { createVirtualClock } from '../../src/runtime/virtual-clock.js';
import { settings } from '../helpers/arbitrary/settings.js';
import { sleepersArbitrary } from '../helpers/arbitrary/sleepers.js';

const NAMES = ['x', 'y', 'z'] as const;
type Name = (typeof NAMES)[number];

interface Bounds {
  readonly concurrency?: number;
  readonly capacity?: number;
  readonly rate?: { readonly limit: number; readonly perMs: number };
}

interface Job {
  /** When it asks, and for how long it holds what it gets. */
  readonly at: number;
  readonly ms: number;
  /** How long after it was told to stop its function returns. */
  readonly lingerMs: number;
  /** When it stops asking if it still waits. */
  readonly patienceMs: number;
  readonly run: number;
  readonly inGroup: boolean;
  readonly priority: number;
  readonly rank: number;
  readonly uses: { readonly [name in Name]?: number };
}

interface Scene {
  readonly resources: { readonly [name in Name]: Bounds };
  readonly runs: readonly {
    readonly limit: number | null;
    readonly groupLimit: number;
    readonly priority: number;
  }[];
  readonly jobs: readonly Job[];
}

const MOST = 4;
const bounds = fc.record(
  {
    concurrency: fc.integer({ min: 1, max: 3 }),
    capacity: fc.integer({ min: MOST, max: 2 * MOST }),
    rate: fc.record({
      limit: fc.integer({ min: MOST, max: 2 * MOST }),
      perMs: fc.integer({ min: 1, max: 50 }),
    }),
  },
  { requiredKeys: [] },
);
const amount = fc.integer({ min: 1, max: MOST });
const job = (ranks: fc.Arbitrary<number>, patience: fc.Arbitrary<number>): fc.Arbitrary<Job> =>
  fc.record({
    at: fc.nat(60),
    ms: fc.nat(30),
    lingerMs: fc.oneof(fc.constant(0), fc.nat(10)),
    patienceMs: patience,
    run: fc.nat(3),
    inGroup: fc.boolean(),
    priority: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 1 })),
    rank: ranks,
    uses: fc.record({ x: amount, y: amount, z: amount }, { requiredKeys: [] }),
  });
const sceneOf = (jobs: fc.Arbitrary<Job>): fc.Arbitrary<Scene> =>
  fc.record({
    resources: fc.record({ x: bounds, y: bounds, z: bounds }),
    runs: fc.array(
      fc.record({
        limit: fc.option(fc.integer({ min: 1, max: 3 })),
        groupLimit: fc.integer({ min: 1, max: 2 }),
        priority: fc.oneof(fc.constant(0), fc.nat(1)),
      }),
      { minLength: 4, maxLength: 4 },
    ),
    jobs: fc.array(jobs, { minLength: 1, maxLength: 25, size: 'max' }),
  });

/** Those who come and go, as a list that is looked through from end to end: what the scheduler is held to. */
interface Asker extends Job {
  readonly index: number;
  state: 'waiting' | 'holding' | 'gone';
  grantedAt: number | null;
}

class World {
  readonly clock = createVirtualClock();
  readonly askers: Asker[] = [];
  readonly problems: string[] = [];
  readonly #scene: Scene;
  readonly #scheduler: Scheduler;
  readonly #lines;
  /** By kind of ticket: the places in line that came with those who wait; the earliest is taken first. */
  readonly #places = new Map<string, number[]>();

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#scheduler = new Scheduler({
      clock: this.clock,
      resources: new Map(Object.entries(scene.resources)),
      detectCapacity: capacityDetector(),
    });
    this.#lines = scene.runs.map(({ limit, groupLimit, priority }) => ({
      queue: this.#scheduler.openQueue(priority),
      pool: new Pool(limit),
      group: new Pool(groupLimit),
    }));
  }

  async play(): Promise<void> {
    for (const [index, one] of this.#scene.jobs.entries()) {
      this.clock.setTimeout(() => this.#enter({ ...one, index, state: 'waiting', grantedAt: null }), one.at);
    }
    await this.clock.flush();
    for (let next = this.clock.nextTimerAt(); next !== null; next = this.clock.nextTimerAt()) {
      await this.clock.advance(next - this.clock.now());
      this.#checkNobodyWaitsForNothing();
    }
  }

  #enter(asker: Asker): void {
    const cameAt = this.clock.now();
    const places = this.#placesOf(asker);
    this.askers.push(asker);
    places.push(cameAt);
    const line = this.#lines[asker.run];
    if (line === undefined) throw new Error('There is no such run.');
    const ticket: Ticket = this.#scheduler.request(
      line.queue,
      {
        priority: asker.priority,
        rank: asker.rank,
        order: [asker.index],
        pools: asker.inGroup ? [line.pool, line.group] : [line.pool],
        uses: this.#usesOf(asker).map(([resource, amount]) => ({ resource, amount })),
        pauses: true,
      },
      {
        grant: () => {
          this.#checkGrant(asker);
          asker.state = 'holding';
          asker.grantedAt = this.clock.now();
          places.shift();
          const returned = new Promise<void>((resolve) => {
            this.clock.setTimeout(resolve, asker.ms + asker.lingerMs);
          });
          this.clock.setTimeout(() => {
            void returned.then(() => (asker.state = 'gone'));
            this.#scheduler.release(line.queue, ticket, returned);
          }, asker.ms);
        },
        refuse: ({ resource }) => this.problems.push(`${asker.index} is refused ${resource}`),
      },
    );
    this.clock.setTimeout(() => {
      if (asker.state !== 'waiting') return;
      asker.state = 'gone';
      places.splice(places.indexOf(cameAt), 1);
      this.#scheduler.release(line.queue, ticket);
    }, asker.patienceMs);
  }

  #usesOf(asker: Asker): (readonly [Name, number])[] {
    return NAMES.flatMap((name) => {
      const amount = asker.uses[name];
      return amount === undefined ? [] : [[name, amount] as const];
    });
  }

  #kindOf(asker: Asker): string {
    const names = this.#usesOf(asker).map(([name]) => name);
    return JSON.stringify([asker.run, asker.inGroup, asker.priority, names]);
  }

  #placesOf(asker: Asker): number[] {
    const kind = this.#kindOf(asker);
    const places = this.#places.get(kind) ?? [];
    this.#places.set(kind, places);
    return places;
  }

  #holding(): readonly Asker[] {
    return this.askers.filter(({ state }) => state === 'holding');
  }

  #hasPlace({ run, inGroup }: Asker): boolean {
    const { limit = null, groupLimit = 0 } = this.#scene.runs[run] ?? {};
    const mates = this.#holding().filter((other) => other.run === run);
    if (limit !== null && mates.length >= limit) return false;
    return !inGroup || mates.filter((other) => other.inGroup).length < groupLimit;
  }

  /** The resources of which there is not enough for somebody. */
  #missing(asker: Asker): readonly Name[] {
    return this.#usesOf(asker).flatMap(([name, amount]) => {
      const { concurrency, capacity, rate } = this.#scene.resources[name];
      const users = this.#holding().filter(({ uses }) => uses[name] !== undefined);
      const sum = (of: readonly Asker[]) => of.reduce((all, { uses }) => all + (uses[name] ?? 0), 0);
      const lately = this.askers.filter(
        ({ grantedAt }) => grantedAt !== null && grantedAt + (rate?.perMs ?? 0) > this.clock.now(),
      );
      const isFree =
        (concurrency === undefined || users.length < concurrency) &&
        (capacity === undefined || sum(users) + amount <= capacity) &&
        (rate === undefined || sum(lately) + amount <= rate.limit);
      return isFree ? [] : [name];
    });
  }

  #priorityOf({ run, priority }: Asker): number {
    return (this.#scene.runs[run]?.priority ?? 0) + priority;
  }

  #checkGrant(asker: Asker): void {
    const who = `${asker.index} at ${this.clock.now()}`;
    if (!this.#hasPlace(asker)) this.problems.push(`${who} has no place`);
    for (const name of this.#missing(asker)) this.problems.push(`${who}: too much of ${name}`);
    for (const other of this.askers) {
      if (other === asker || other.state !== 'waiting' || !this.#hasPlace(other)) continue;
      const sameRun = other.run === asker.run;
      if (sameRun && other.inGroup === asker.inGroup && this.#kindOf(other) === this.#kindOf(asker)) {
        if (other.rank > asker.rank)
          this.problems.push(`${who} goes before ${other.index}, of a higher rank`);
      }
      if (sameRun || !NAMES.some((name) => other.uses[name] !== undefined && asker.uses[name] !== undefined))
        continue;
      const [mine, theirs] = [this.#priorityOf(asker), this.#priorityOf(other)];
      const [myPlace, theirPlace] = [this.#placesOf(asker)[0] ?? 0, this.#placesOf(other)[0] ?? 0];
      if (theirs > mine || (theirs === mine && theirPlace < myPlace)) {
        this.problems.push(`${who} overtakes ${other.index}`);
      }
    }
  }

  /** Who waits and has a place lacks a resource, or waits behind somebody who does. */
  #checkNobodyWaitsForNothing(): void {
    const waiting = new Set(this.askers.filter((one) => one.state === 'waiting' && this.#hasPlace(one)));
    const reached = [...waiting].filter((one) => this.#missing(one).length > 0);
    for (const one of reached) waiting.delete(one);
    for (const one of reached) {
      for (const other of waiting) {
        if (!NAMES.some((name) => one.uses[name] !== undefined && other.uses[name] !== undefined)) continue;
        waiting.delete(other);
        reached.push(other);
      }
    }
    for (const { index } of waiting) this.problems.push(`${index} waits for nothing at ${this.clock.now()}`);
  }
}

const always = fc.constant(Number.MAX_SAFE_INTEGER);

async function play(scene: Scene): Promise<World> {
  const world = new World(scene);
  await world.play();
  return world;
}

describe('the scheduler', () => {
  it('keeps every bound, lets nobody overtake, and leaves nobody waiting for nothing (P3, P7)', async () => {
    await fc.assert(
      fc.asyncProperty(sceneOf(job(fc.nat(3), always)), async (scene) => {
        const { askers, problems } = await play(scene);
        expect(problems).toEqual([]);
        expect(askers.map(({ state }) => state)).toEqual(askers.map(() => 'gone'));
        expect(askers.filter(({ grantedAt }) => grantedAt === null)).toEqual([]);
      }),
      settings(3000),
    );
  }, 120_000);

  it('does so as well where some give up waiting', async () => {
    await fc.assert(
      fc.asyncProperty(sceneOf(job(fc.constant(0), fc.oneof(always, fc.nat(40)))), async (scene) => {
        const { askers, problems } = await play(scene);
        expect(problems).toEqual([]);
        expect(askers.map(({ state }) => state)).toEqual(askers.map(() => 'gone'));
      }),
      settings(2000),
    );
  }, 120_000);

  it('is done within work / k + (1 - 1 / k) * path, the longest way first (P3)', async () => {
    await fc.assert(
      fc.asyncProperty(sleepersArbitrary(30), fc.integer({ min: 1, max: 5 }), async (sleepers, k) => {
        const { durations, before } = sleepers;
        const clock = createVirtualClock();
        const scheduler = new Scheduler({ clock, detectCapacity: capacityDetector() });
        const queue = scheduler.openQueue(0);
        const pool = new Pool(k);
        const ways: number[] = durations.map(() => 0);
        for (let i = durations.length - 1; i >= 0; i--) {
          const after = before.flatMap((sources, j) => (sources.includes(i) ? [ways[j] ?? 0] : []));
          ways[i] = (durations[i] ?? 0) + Math.max(0, ...after);
        }
        const asked = new Set<number>();
        const done = new Set<number>();
        const askAll = (): void => {
          for (const [i, ms] of durations.entries()) {
            if (asked.has(i) || before[i]?.some((j) => !done.has(j))) continue;
            asked.add(i);
            const demand = {
              priority: 0,
              rank: ways[i] ?? 0,
              order: [i],
              pools: [pool],
              uses: [],
              pauses: true,
            };
            const ticket: Ticket = scheduler.request(queue, demand, {
              grant: () => {
                clock.setTimeout(() => {
                  scheduler.release(queue, ticket);
                  done.add(i);
                  askAll();
                }, ms);
              },
              refuse: () => {},
            });
          }
        };
        askAll();
        await clock.flush();
        for (let next = clock.nextTimerAt(); next !== null; next = clock.nextTimerAt()) {
          await clock.advance(next - clock.now());
        }
        const work = durations.reduce((sum, ms) => sum + ms, 0);
        expect(done.size).toBe(durations.length);
        expect(clock.now()).toBeLessThanOrEqual(work / k + (1 - 1 / k) * Math.max(...ways) + 1e-6);
      }),
      settings(500),
    );
  }, 120_000);
});
