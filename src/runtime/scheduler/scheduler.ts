import type { Clock } from '../clock.js';
import { Roster } from '../roster.js';
import type { DetectCapacity } from './detect-capacity.js';
import type { Lane } from './lane.js';
import type { Resource, ResourceDefinition } from './resource.js';
import { ResourceTable } from './resource-table.js';
import { Round } from './round.js';
import { RunQueue } from './run-queue.js';
import { type Claim, type Demand, type Replies, type Shortage, shortageOf, type Ticket } from './ticket.js';
import { Turn } from './turn.js';

/** A wait of less would not move a clock that counts from 1970. */
const SHORTEST_WAIT_MS = 0.001;

/**
 * How many start in a row before those that have started get a turn. Of ten thousand nodes that take no time, each is then over, and what it took is
 * free, before most of the others have begun.
 */
const MOST_IN_A_ROW = 100;

const NO_CLAIMS: readonly Claim[] = [];

class WaitingTicket implements Ticket {
  state: Ticket['state'] = 'waiting';
  claims = NO_CLAIMS;
  lane: Ticket['lane'] = null;
  arrival = 0;
  place = 0;

  constructor(
    readonly demand: Demand,
    readonly replies: Replies,
    readonly askedAt: number,
  ) {}
}

export interface SchedulerOptions {
  readonly clock: Clock;
  /** What the runner says of resources: nothing that a workflow says of these counts beside it. */
  readonly resources?: ReadonlyMap<string, ResourceDefinition>;
  readonly detectCapacity: DetectCapacity;
}

/**
 * Who may start now, in all runs of a runner: see *Places* in docs/semantics.md. Whoever asks is answered after the present
 * step of the chart, in which others may still ask, or all be told to stop.
 */
export class Scheduler {
  /** The resources that there are. */
  readonly resources: ResourceTable;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #queues = new Roster<RunQueue>();
  /** Runs for which something has changed since the last round. */
  #changed = new Set<RunQueue>();
  #isRoundOver = true;
  #isPumpComing = false;
  #arrivals = 0;
  /** By resource: wakes those who wait for its rate. */
  readonly #timers = new Map<Resource, { readonly timer: unknown }>();

  constructor({ clock, resources = new Map(), detectCapacity }: SchedulerOptions) {
    this.#clock = clock;
    this.#turn = new Turn(clock);
    this.resources = new ResourceTable(resources, detectCapacity, (resource) =>
      this.#boundsChanged(resource),
    );
  }

  /** @param priority counts for the resources, beside the priority of the nodes */
  openQueue(priority: number): RunQueue {
    const queue = new RunQueue(priority);
    this.#queues.add(queue);
    return queue;
  }

  closeQueue(queue: RunQueue): void {
    this.#queues.delete(queue);
    this.resources.forgetIdle(this.#clock.now());
  }

  request(queue: RunQueue, demand: Demand, replies: Replies): Ticket {
    const ticket = new WaitingTicket(demand, replies, this.#clock.now());
    queue.arrive(ticket);
    this.#pumpLater(queue);
    return ticket;
  }

  /**
   * Gives back what a ticket holds, or takes it out of the lines. Does nothing for one that is done.
   *
   * @param returned settles once the function has returned: until then everything stays taken
   */
  release(queue: RunQueue, ticket: Ticket, returned: Promise<void> | null = null): void {
    const { state } = ticket;
    ticket.state = 'done';
    if (state === 'waiting') this.#withdraw(queue, ticket);
    else if (state === 'held' && returned === null) this.#free(queue, ticket);
    else if (state === 'held') void returned?.then(() => this.#free(queue, ticket));
  }

  pause(queue: RunQueue): void {
    queue.isPaused = true;
    this.#touch(queue);
  }

  resume(queue: RunQueue): void {
    queue.isPaused = false;
    this.#touch(queue);
  }

  /** While paused: lets one start that a pause holds back, if there is a place for it. Returns whether it did. */
  step(queue: RunQueue): boolean {
    if (!queue.isPaused) return false;
    queue.steps = 1;
    this.#touch(queue);
    this.#pump();
    const hasStepped = queue.steps === 0;
    queue.steps = 0;
    return hasStepped;
  }

  #withdraw(queue: RunQueue, ticket: Ticket): void {
    queue.left(ticket);
    this.#endWait(ticket);
    this.#touch(queue);
  }

  #free(queue: RunQueue, ticket: Ticket): void {
    for (const pool of ticket.demand.pools) pool.giveBack();
    for (const { resource, amount } of ticket.claims) resource.giveBack(amount);
    ticket.replies.freed?.();
    this.#touch(queue);
  }

  #endWait({ replies, askedAt }: Ticket): void {
    replies.waited?.(this.#clock.now() - askedAt);
  }

  /** Something may be had, or stand in the way, that was not or did not so far. */
  #touch(queue: RunQueue): void {
    this.#isRoundOver = true;
    this.#pumpLater(queue);
  }

  #pumpLater(queue: RunQueue): void {
    this.#changed.add(queue);
    if (this.#isPumpComing) return;
    this.#isPumpComing = true;
    this.#turn.soon(() => {
      this.#isPumpComing = false;
      this.#pump();
    });
  }

  #pump(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    let usesResources = false;
    for (const queue of changed) {
      this.#admit(queue);
      usesResources ||= queue.usesResources;
    }
    // What one run does may concern every other that waits for a resource.
    if (usesResources) for (const queue of this.#queues.all) if (queue.usesResources) changed.add(queue);
    for (;;) {
      const now = this.#clock.now();
      this.#isRoundOver = false;
      if (this.#timers.size === 0 && changed.size === 1) {
        const [queue] = changed;
        const lane = queue?.only;
        if (lane?.isPlain) {
          this.#serveAll(lane, now);
          if (this.#isRoundOver) continue;
          return;
        }
      }
      const round = new Round(
        now,
        (lane) => this.#grantFirst(lane, now),
        () => this.#isRoundOver,
      );
      // Who has got the last place of a run leaves the others of it without one, and these stand in nobody's way any more.
      if ((round.run(changed) > 0 && usesResources) || this.#isRoundOver) continue;
      this.#setTimers(round.wakeUps, now);
      return;
    }
  }

  /** The whole of a round where nobody waits but for one run's places, as in most. */
  #serveAll(lane: Lane, now: number): void {
    for (let left = MOST_IN_A_ROW; !lane.isEmpty && lane.hasPlace && !this.#isRoundOver; left--) {
      if (left === 0) {
        this.#pumpLater(lane.queue);
        return;
      }
      this.#grantFirst(lane, now);
    }
  }

  /** Puts those who have asked into the lines, or refuses them. */
  #admit(queue: RunQueue): void {
    for (const ticket of queue.takeArrivals()) {
      if (ticket.state !== 'waiting') continue;
      ticket.arrival = ++this.#arrivals;
      ticket.place = ticket.arrival;
      if (ticket.demand.uses.length > 0) {
        const { claims, shortage } = this.resources.resolve(ticket.demand.uses);
        if (shortage !== null) {
          this.#refuse(ticket, shortage);
          continue;
        }
        ticket.claims = claims;
      }
      queue.enter(ticket);
    }
  }

  #refuse(ticket: Ticket, shortage: Shortage): void {
    ticket.state = 'done';
    this.#endWait(ticket);
    ticket.replies.refuse(shortage);
  }

  #grantFirst(lane: Lane, now: number): void {
    const ticket = lane.shift();
    const { queue } = lane;
    ticket.state = 'held';
    queue.left(ticket);
    if (ticket.demand.pauses && queue.isPaused) queue.steps--;
    for (const pool of ticket.demand.pools) pool.take();
    for (const { resource, amount } of ticket.claims) resource.take(amount, now);
    this.#endWait(ticket);
    ticket.replies.grant();
  }

  /** Refuses those that ask for more than there is, now that it is known, and looks at the others. */
  #boundsChanged(resource: Resource): void {
    for (const lane of [...resource.lanes]) {
      for (const ticket of lane.waiting) {
        const shortage = shortageOf(ticket.claims);
        if (shortage === null || ticket.state !== 'waiting') continue;
        lane.queue.left(ticket);
        this.#refuse(ticket, shortage);
      }
      this.#touch(lane.queue);
    }
  }

  #setTimers(wakeUps: ReadonlyMap<Resource, number>, now: number): void {
    for (const [resource, { timer }] of this.#timers) {
      if (resource.lanes.size > 0 && !wakeUps.has(resource)) continue;
      this.#clock.clearTimeout(timer);
      this.#timers.delete(resource);
    }
    for (const [resource, at] of wakeUps) {
      const wake = (): void => {
        this.#timers.delete(resource);
        for (const { queue } of resource.lanes) this.#touch(queue);
      };
      const timer = this.#clock.setTimeout(wake, Math.max(at - now, SHORTEST_WAIT_MS));
      this.#timers.set(resource, { timer });
    }
  }
}
