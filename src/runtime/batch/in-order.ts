/** Puts what comes in any order back into the order of its numbers. */
export class InOrder<T> {
  readonly #waiting = new Map<number, T>();
  readonly #pass: (value: T, index: number) => void;
  #next = 0;

  /** @param pass is given one after the other, from number 0 on, as soon as all before it are there */
  constructor(pass: (value: T, index: number) => void) {
    this.#pass = pass;
  }

  /** How many wait for one before them. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(index: number, value: T): void {
    if (index !== this.#next) {
      this.#waiting.set(index, value);
      return;
    }
    this.#pass(value, this.#next++);
    for (let next = this.#waiting.get(this.#next); next !== undefined; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#pass(next, this.#next++);
    }
  }
}
