import { Heap } from '../heap.js';
import type { Pool } from './pool.js';
import type { Resource } from './resource.js';
import type { RunQueue } from './run-queue.js';
import { isServedBefore, type Ticket } from './ticket.js';

/** A place in the lines of the resources, and who has it; void once that one has another. */
interface PlaceInLine {
  readonly ticket: Ticket;
  readonly place: number;
}

/**
 * Those of a run that wait for the same: places in the same pools, and some amount of the same resources. If the first of
 * them cannot be served, nor can the others, so that only the first is ever looked at.
 *
 * In the lines of its resources a lane has the places with which its tickets came. The ticket that the run wants to be
 * served first takes the first of these, whoever came with it.
 */
export class Lane {
  readonly queue: RunQueue;
  readonly pools: readonly Pool[];
  readonly resources: readonly Resource[];
  readonly #pauses: boolean;
  /** Both hold tickets that no longer wait until these come to the top. */
  readonly #tickets = new Heap<Ticket>(isServedBefore);
  readonly #places = new Heap<PlaceInLine>((a, b) =>
    a.ticket.demand.priority === b.ticket.demand.priority
      ? a.place < b.place
      : a.ticket.demand.priority > b.ticket.demand.priority,
  );
  /** Those who wait and were not told for what. */
  #untold: Ticket[] = [];
  #waiting = 0;

  /** @param key what tells it from the other lanes of its run */
  constructor(
    queue: RunQueue,
    { demand, claims }: Ticket,
    readonly key: string,
  ) {
    this.queue = queue;
    this.pools = demand.pools;
    this.resources = claims.map(({ resource }) => resource);
    this.#pauses = demand.pauses;
  }

  /** Identifies, inside of a run, the lane of a ticket. */
  static keyOf({ demand: { pools, pauses }, claims }: Ticket): string {
    const ids = (things: readonly { readonly id: number }[]) => things.map(({ id }) => id).join();
    return `${ids(pools)};${ids(claims.map(({ resource }) => resource))};${pauses}`;
  }

  /** Whether a ticket belongs here, as is plain without its key: it uses no resources, and the very pools of the last one. */
  isFor({ demand, claims }: Ticket): boolean {
    return (
      claims.length === 0 && this.isPlain && demand.pools === this.pools && demand.pauses === this.#pauses
    );
  }

  /** Whether those in it wait for nothing that other runs wait for as well. */
  get isPlain(): boolean {
    return this.resources.length === 0;
  }

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /** Whether its first ticket would have a place; if not, it is passed over in the lines of the resources. */
  get hasPlace(): boolean {
    return this.pools.every((pool) => pool.hasFree) && !(this.#pauses && this.queue.isHeldBack);
  }

  /** The ticket that is served first. Only for a lane that is not empty. */
  get first(): Ticket {
    while (this.#tickets.peek()?.state !== 'waiting') this.#tickets.pop();
    return this.#tickets.peek() as Ticket;
  }

  /** All that wait, in no particular order. */
  get waiting(): readonly Ticket[] {
    return this.#tickets.items.filter(({ state }) => state === 'waiting');
  }

  add(ticket: Ticket): void {
    if (this.#waiting++ === 0) for (const { lanes } of this.resources) lanes.add(this);
    this.#tickets.push(ticket);
    if (this.resources.length === 0) return;
    this.#places.push({ ticket, place: ticket.place });
    this.#untold.push(ticket);
  }

  /** Takes the first ticket out, and with it the first place in line. */
  shift(): Ticket {
    const first = this.first;
    this.#tickets.pop();
    const { ticket: other, place } = this.#firstPlace ?? { ticket: first, place: first.place };
    if (other !== first) {
      this.#places.pop();
      this.#places.push({ ticket: other, place: first.place });
      other.place = first.place;
      first.place = place;
    }
    return first;
  }

  /** To be called once a ticket has ended its waiting. */
  left(): void {
    if (--this.#waiting > 0) return;
    for (const { lanes } of this.resources) lanes.delete(this);
    this.#tickets.clear();
    this.#places.clear();
    this.#untold = [];
  }

  /** Whether its first ticket stands before that of another run's lane in the line of a resource that both use. */
  isAheadOf(other: Lane): boolean {
    const [mine, theirs] = [this.#priority, other.#priority];
    return mine === theirs ? (this.#firstPlace?.place ?? 0) < (other.#firstPlace?.place ?? 0) : mine > theirs;
  }

  /** Tells everyone in it, once, that they wait for a resource. */
  tell(resource: Resource): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const ticket of untold) {
      if (ticket.state === 'waiting') ticket.replies.waits?.(resource.name);
    }
  }

  get #priority(): number {
    return this.queue.priority + this.first.demand.priority;
  }

  get #firstPlace(): PlaceInLine | undefined {
    for (let top = this.#places.peek(); top !== undefined; top = this.#places.peek()) {
      if (top.ticket.state === 'waiting' && top.ticket.place === top.place) return top;
      this.#places.pop();
    }
    return undefined;
  }
}
