interface Ticket {
  readonly node: number;
  readonly grant: () => void;
}

/**
 * Who may run now. A run's nodes ask here before they start: first come, first served; those that ask in the same step of
 * the chart, in order of declaration. Pausing a run stops the granting, so that nothing new starts.
 */
export class Slots {
  readonly #limit: number;
  readonly #holders = new Set<number>();
  /** In the order in which they will be served. */
  #waiting: Ticket[] = [];
  /** Asked since the last pump: all in one step of the chart, not yet in order. */
  #arriving: Ticket[] = [];
  #paused = false;
  #pumping = false;

  /** @param limit how many may run at once; `null` for no bound */
  constructor(limit: number | null) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  request(node: number, grant: () => void): void {
    this.#arriving.push({ node, grant });
    this.#pumpLater();
  }

  /** Gives a slot back, or takes back the request for one. */
  release(node: number): void {
    const isOther = (ticket: Ticket) => ticket.node !== node;
    if (!this.#holders.delete(node)) {
      this.#waiting = this.#waiting.filter(isOther);
      this.#arriving = this.#arriving.filter(isOther);
    }
    if (this.#waiting.length + this.#arriving.length > 0) this.#pumpLater();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pumpLater();
  }

  /** While paused: lets one waiting node start, whatever the limit allows. Returns whether there was one. */
  step(): boolean {
    this.#admit();
    return this.#grantNext();
  }

  /** After the present step of the chart, in which more nodes may still ask, or all be told to stop. */
  #pumpLater(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#admit();
      while (!this.#paused && this.#holders.size < this.#limit && this.#grantNext());
    });
  }

  #admit(): void {
    this.#waiting.push(...this.#arriving.sort((a, b) => a.node - b.node));
    this.#arriving = [];
  }

  #grantNext(): boolean {
    const ticket = this.#waiting.shift();
    if (ticket === undefined) return false;
    this.#holders.add(ticket.node);
    ticket.grant();
    return true;
  }
}
