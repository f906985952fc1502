import type { PlaceHolder } from '../machines/compile.js';
import { ByHolder } from './by-holder.js';

/** One of the calls that a holder of a place has under way: most have one at a time. */
class OpenCall {
  hasReturned = false;
  /** Called once it has. */
  onReturn: (() => void)[] | null = null;

  /** @param earlier one that began earlier */
  constructor(readonly earlier: OpenCall | null) {}
}

/** The calls of functions, of nodes and of others on their behalf, that have not returned. */
export class OpenCalls {
  readonly #calls = new ByHolder<OpenCall>();

  /** @returns to be called once the function has returned */
  begin(holder: PlaceHolder): () => void {
    const call = new OpenCall(openOf(this.#calls.get(holder)));
    this.#calls.set(holder, call);
    return () => {
      call.hasReturned = true;
      if (openOf(this.#calls.get(holder)) === null) this.#calls.delete(holder);
      for (const tell of call.onReturn ?? []) tell();
    };
  }

  /** Settles when all that is called for a node, or for an item, by now has returned; `null` where nothing is. */
  of(holder: PlaceHolder): Promise<void> | null {
    const call = openOf(this.#calls.get(holder));
    return call === null ? null : returnOf(call);
  }

  /** Settles when everything that is called by now has returned. */
  async all(): Promise<void> {
    await Promise.all(this.#calls.all.map((call) => returnOf(call)));
  }
}

/** The last call that has not returned. */
function openOf(last: OpenCall | null | undefined): OpenCall | null {
  let call = last ?? null;
  while (call?.hasReturned) call = call.earlier;
  return call;
}

/** Settles when a call and all that began before it have returned. */
async function returnOf(last: OpenCall): Promise<void> {
  for (let call = openOf(last); call !== null; call = openOf(call)) {
    const waiting = call;
    await new Promise<void>((resolve) => {
      waiting.onReturn ??= [];
      waiting.onReturn.push(resolve);
    });
  }
}
