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
  /** Slots whose nodes have moved on, while what they called has not returned. */
  #lingering = 0;
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

  /**
   * Gives a slot back, or takes back the request for one.
   *
   * @param returned settles once the node's function has returned; the slot is free only then
   */
  release(node: number, returned: Promise<void> | null = null): void {
    if (!this.#holders.delete(node)) {
      const isOther = (ticket: Ticket) => ticket.node !== node;
      this.#waiting = this.#waiting.filter(isOther);
      this.#arriving = this.#arriving.filter(isOther);
    } else if (returned !== null) {
      this.#lingering++;
      void returned.then(() => {
        this.#lingering--;
        this.#pumpLater();
      });
    }
    this.#pumpLater();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pumpLater();
  }

  /** While paused: lets one waiting node start, if the limit allows. Returns whether it did. */
  step(): boolean {
    this.#admit();
    return this.#paused && this.#grantNext();
  }

  /** After the present step of the chart, in which more nodes may still ask, or all be told to stop. */
  #pumpLater(): void {
    if (this.#pumping || this.#waiting.length + this.#arriving.length === 0) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#admit();
      while (!this.#paused && this.#grantNext());
    });
  }

  #admit(): void {
    this.#waiting.push(...this.#arriving.sort((a, b) => a.node - b.node));
    this.#arriving = [];
  }

  #grantNext(): boolean {
    if (this.#holders.size + this.#lingering >= this.#limit) return false;
    const ticket = this.#waiting.shift();
    if (ticket === undefined) return false;
    this.#holders.add(ticket.node);
    ticket.grant();
    return true;
  }
}
