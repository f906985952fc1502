/** So many places: those of a run, or of a group in it. */
export class Pool {
  static #made = 0;

  /** Tells it from any other. */
  readonly id = Pool.#made++;
  readonly #limit: number;
  #taken = 0;

  /** @param limit how many places there are; `null` for no bound */
  constructor(limit: number | null) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  get hasFree(): boolean {
    return this.#taken < this.#limit;
  }

  take(): void {
    this.#taken++;
  }

  giveBack(): void {
    this.#taken--;
  }
}
