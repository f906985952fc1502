import type { PlaceHolder } from '../machines/compile.js';
import type { CallUnderWay } from './attempt-host.js';
import { ByHolder } from './by-holder.js';

/** One of the calls that a holder of a place has under way: most have one at a time. */
class OpenCall implements CallUnderWay {
  hasReturned = false;
  /** Called once it has. */
  onReturn: (() => void)[] | null = null;

  /** @param earlier one of the same holder that began earlier */
  constructor(
    readonly calls: ByHolder<OpenCall>,
    readonly holder: PlaceHolder,
    readonly earlier: OpenCall | null,
  ) {}

  end(): void {
    this.hasReturned = true;
    if (openOf(this.calls.get(this.holder)) === null) this.calls.delete(this.holder);
    for (const tell of this.onReturn ?? []) tell();
  }
}

/** The calls of functions, of nodes and of others on their behalf, that have not returned. */
export class OpenCalls {
  readonly #calls: ByHolder<OpenCall>;

  /** @param nodes how many there are */
  constructor(nodes: number) {
    this.#calls = new ByHolder(nodes);
  }

  begin(holder: PlaceHolder): CallUnderWay {
    const call = new OpenCall(this.#calls, holder, openOf(this.#calls.get(holder)));
    this.#calls.set(holder, call);
    return call;
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
