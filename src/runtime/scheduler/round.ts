import { Heap } from '../heap.js';
import type { Lane } from './lane.js';
import type { Resource } from './resource.js';
import type { RunQueue } from './run-queue.js';
import { isServedBefore, type Ticket } from './ticket.js';

/**
 * One look at those who wait: who can be served is served. Each run is looked at in its own order; but before a ticket is
 * served, whoever of another run stands before it in the line of a resource is looked at first. Of two tickets, the later
 * in line never makes the earlier one wait, so that no two can wait for each other.
 */
export class Round {
  /** When there will be enough of a resource for whoever is the first in line that waits for its rate. */
  readonly wakeUps = new Map<Resource, number>();
  readonly #now: number;
  readonly #serve: (lane: Lane) => void;
  /** Whether what this round knows does not hold any more, as those who were served have changed it. */
  readonly #isOver: () => boolean;
  /** Lanes that get nothing more in this round. */
  readonly #settled = new Set<Lane>();
  /** Resources for which somebody waits in whose place nobody who is later in line may be served. */
  readonly #blocked = new Set<Resource>();
  #served = 0;

  /** @param serve takes the first ticket out of a lane and grants it */
  constructor(now: number, serve: (lane: Lane) => void, isOver: () => boolean) {
    this.#now = now;
    this.#serve = serve;
    this.#isOver = isOver;
  }

  /** Returns how many were served. */
  run(queues: Iterable<RunQueue>): number {
    for (const queue of queues) {
      this.#lookAt(queue);
      if (this.#isOver()) break;
    }
    return this.#served;
  }

  #lookAt(queue: RunQueue): void {
    const order = new Heap<{ readonly lane: Lane; readonly first: Ticket }>((a, b) =>
      isServedBefore(a.first, b.first),
    );
    const enter = (lane: Lane): void => {
      if (!lane.isEmpty && !this.#settled.has(lane)) order.push({ lane, first: lane.first });
    };
    for (const lane of queue.lanes) if (lane.hasPlace) enter(lane);
    for (let next = order.pop(); next !== undefined; next = order.pop()) {
      const { lane, first } = next;
      // Served in the meantime, as another run's ticket was behind it in a line.
      const isStale = lane.isEmpty || lane.first !== first;
      if (!isStale) this.#decide(lane);
      if (this.#isOver()) return;
      enter(lane);
    }
  }

  /** Serves the first ticket of a lane, or settles that it is not served, once this is known of all before it. */
  #decide(lane: Lane): void {
    for (;;) {
      let next = lane;
      for (let ahead = this.#firstAheadOf(next); ahead !== null; ahead = this.#firstAheadOf(next))
        next = ahead;
      this.#decideNow(next);
      if (next === lane || this.#isOver()) return;
    }
  }

  /** Of the other runs' lanes before it in the lines of its resources, the one that is before all of them. */
  #firstAheadOf(lane: Lane): Lane | null {
    let first: Lane | null = null;
    if (!lane.hasPlace) return first;
    for (const resource of lane.resources) {
      if (this.#blocked.has(resource)) continue;
      for (const other of resource.lanes) {
        if (other.queue === lane.queue || this.#settled.has(other) || !other.hasPlace) continue;
        if (other.isAheadOf(first ?? lane)) first = other;
      }
    }
    return first;
  }

  #decideNow(lane: Lane): void {
    if (!lane.hasPlace) {
      this.#settled.add(lane);
      return;
    }
    const missing = this.#missing(lane);
    if (missing === null) {
      this.#serve(lane);
      this.#served++;
      return;
    }
    this.#settled.add(lane);
    for (const resource of lane.resources) this.#blocked.add(resource);
    lane.tell(missing);
  }

  /** The first resource for which the first ticket of a lane has to wait. */
  #missing(lane: Lane): Resource | null {
    for (const { resource, amount } of lane.first.claims) {
      if (this.#blocked.has(resource)) return resource;
      const freeAt = resource.freeAt(amount, this.#now);
      if (freeAt === this.#now) continue;
      if (freeAt !== null) this.wakeUps.set(resource, freeAt);
      return resource;
    }
    return null;
  }
}
