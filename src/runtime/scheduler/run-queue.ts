import { Lane } from './lane.js';
import { byOrder, type Ticket } from './ticket.js';

/** Those of one run who wait. */
export class RunQueue {
  /** What counts beside the priority of the nodes where runs wait for the same. */
  readonly priority: number;
  /** Whether it ever asked for a resource, for which other runs may wait as well. */
  usesResources = false;
  isPaused = false;
  /** While paused: how many may start nevertheless. */
  steps = 0;
  readonly #lanes = new Map<string, Lane>();
  /** Asked in the present step of the chart, not yet in order. */
  #arriving: Ticket[] = [];

  constructor(priority: number) {
    this.priority = priority;
  }

  /** Whether nobody may start that a pause holds back. */
  get isHeldBack(): boolean {
    return this.isPaused && this.steps === 0;
  }

  /** Where somebody waits. */
  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  arrive(ticket: Ticket): void {
    this.#arriving.push(ticket);
  }

  /** Takes those who have asked in the last step of the chart, in order of declaration. */
  takeArrivals(): readonly Ticket[] {
    const arrivals = this.#arriving.filter(({ state }) => state === 'waiting').sort(byOrder);
    this.#arriving = [];
    return arrivals;
  }

  enter(ticket: Ticket): void {
    const key = Lane.keyOf(ticket);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(this, ticket);
      this.#lanes.set(key, lane);
    }
    lane.add(ticket);
    if (lane.resources.length > 0) this.usesResources = true;
  }

  /** To be called once a ticket that was in a lane has ended its waiting. */
  left(ticket: Ticket): void {
    const key = Lane.keyOf(ticket);
    const lane = this.#lanes.get(key);
    lane?.left();
    if (lane?.isEmpty) this.#lanes.delete(key);
  }
}
