import type { Listed } from '../roster.js';
import { Lane } from './lane.js';
import { byOrder, type Ticket } from './ticket.js';

/** Those of one run who wait. */
export class RunQueue implements Listed {
  place = -1;
  /** What counts beside the priority of the nodes where runs wait for the same. */
  readonly priority: number;
  /** Whether it ever asked for a resource, for which other runs may wait as well. */
  usesResources = false;
  isPaused = false;
  /** While paused: how many may start nevertheless. */
  steps = 0;
  readonly #lanes = new Map<string, Lane>();
  /** The lane that a ticket came to last; it is kept when it is empty, as the next ticket mostly comes to the same. */
  #last: Lane | null = null;
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

  /** The one lane that there is; `null` where there are several, or none. */
  get only(): Lane | null {
    return this.#lanes.size === 1 ? this.#last : null;
  }

  arrive(ticket: Ticket): void {
    this.#arriving.push(ticket);
  }

  /** Takes those who have asked in the last step of the chart, in order of declaration. */
  takeArrivals(): readonly Ticket[] {
    if (this.#arriving.length === 0) return this.#arriving;
    const arrivals = this.#arriving.filter(({ state }) => state === 'waiting').sort(byOrder);
    this.#arriving = [];
    return arrivals;
  }

  enter(ticket: Ticket): void {
    const lane = this.#last?.isFor(ticket) ? this.#last : this.#laneOf(ticket);
    ticket.lane = lane;
    lane.add(ticket);
    if (lane.resources.length > 0) this.usesResources = true;
  }

  #laneOf(ticket: Ticket): Lane {
    const key = Lane.keyOf(ticket);
    const lane = this.#lanes.get(key) ?? new Lane(this, ticket, key);
    this.#lanes.set(key, lane);
    if (this.#last?.isEmpty && this.#last !== lane) this.#lanes.delete(this.#last.key);
    this.#last = lane;
    return lane;
  }

  /** To be called once a ticket has ended its waiting, whether it has come to a lane or only just asked. */
  left({ lane }: Ticket): void {
    lane?.left();
    if (lane?.isEmpty && lane !== this.#last) this.#lanes.delete(lane.key);
  }
}
