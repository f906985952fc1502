/** `queueMicrotask` of Node makes a resource of each call, which takes longer than what is mostly done in one. */
const PRESENT = Promise.resolve();

/**
 * Does things after the present step, in the order in which they were added: one microtask for all that are added before it comes, as
 * making each takes a while.
 *
 * @example
 * const soon = new NextMicrotask<string>((line) => print(line));
 * soon.add('first'); // printed once this turn's code has returned
 */
export class NextMicrotask<T> {
  readonly #act: (thing: T) => void;
  #things: T[] = [];

  /** @param act never throws */
  constructor(act: (thing: T) => void) {
    this.#act = act;
  }

  add(thing: T): void {
    if (this.#things.push(thing) === 1) void PRESENT.then(() => this.#actOnAll());
  }

  #actOnAll(): void {
    const things = this.#things;
    this.#things = [];
    for (const thing of things) this.#act(thing);
  }
}
