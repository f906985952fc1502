import type { DiagnosticLog } from './diagnostics/diagnostic-log.js';
import { type Path, pointerTo } from './diagnostics/pointer.js';
import { quote } from './diagnostics/wording.js';
import type { Limits } from './limits.js';

/** A copy that its owner may change. */
export type JsonCopy = null | boolean | number | string | JsonCopy[] | { [key: string]: JsonCopy };

/**
 * A deep copy of any value as plain JSON, made within the limits of size and depth: cycles, shared parts that multiply,
 * getters and proxies cannot do more than fill it. Properties that are `undefined` count as absent, as in
 * `JSON.stringify`; what JSON cannot carry is reported and left out. `undefined` if nothing could be copied.
 */
export function copyJson(value: unknown, limits: Limits, log: DiagnosticLog): JsonCopy | undefined {
  const copier = new Copier(limits, log);
  try {
    return copier.copy(value);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    // A getter or a proxy of the caller's threw.
    log.add({
      code: 'FC1004',
      severity: 'error',
      path: '',
      message: 'The workflow could not be read: looking at one of its properties threw an error.',
      hint: 'Pass a plain object, such as JSON.parse returns.',
    });
    return undefined;
  } finally {
    copier.reportRefused();
  }
}

class TooLarge extends Error {}

class Copier {
  readonly #limits: Limits;
  readonly #log: DiagnosticLog;
  /** Where the value stands that is being copied. */
  readonly #path: (string | number)[] = [];
  /** A lower bound of the bytes that the copy takes as JSON text. */
  #bytes = 0;
  /** Reported last, so that they do not crowd out what ends the copying. */
  readonly #refused: { readonly what: string; readonly path: Path }[] = [];
  #moreRefused = 0;

  constructor(limits: Limits, log: DiagnosticLog) {
    this.#limits = limits;
    this.#log = log;
  }

  copy(value: unknown): JsonCopy | undefined {
    switch (typeof value) {
      case 'string':
        this.#count(value.length + 2);
        return value;
      case 'boolean':
        this.#count(4);
        return value;
      case 'number':
        if (!Number.isFinite(value)) return this.#refuse(() => `the number ${value}`);
        this.#count(1);
        return value;
      case 'object':
        if (value === null) {
          this.#count(4);
          return null;
        }
        return this.#copyContainer(value);
      default:
        return this.#refuse(() => (value === undefined ? 'nothing at all' : `a ${typeof value}`));
    }
  }

  /** Puts into words what was left out, as much of it as the log takes. */
  reportRefused(): void {
    for (const { what, path } of this.#refused) {
      const pointer = pointerTo(path);
      this.#log.add({
        code: 'FC1004',
        severity: 'error',
        path: pointer,
        message: `${path.length === 0 ? 'The workflow' : quote(pointer)} is ${what}, which JSON cannot carry.`,
        hint: 'Write a text, a finite number, true, false, null, a list or a plain object.',
      });
    }
    this.#log.skip(this.#moreRefused);
  }

  #copyContainer(value: object): JsonCopy | undefined {
    if (this.#path.length >= this.#limits.depth) {
      this.#log.add({
        code: 'FC1006',
        severity: 'error',
        path: pointerTo(this.#path.slice(0, 8)),
        message: `Lists and objects nest deeper than ${this.#limits.depth} levels, or contain themselves.`,
        hint: `Nest at most ${this.#limits.depth} levels; a value that is deeper can be passed as text.`,
      });
      throw new TooLarge();
    }
    this.#count(2);
    if (Array.isArray(value)) return this.#copyList(value);
    if (!isPlain(value)) return this.#refuse(() => `an object of the class ${quote(className(value))}`);
    const copy: { [key: string]: JsonCopy } = {};
    for (const key of Object.keys(value)) {
      this.#count(key.length + 4);
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined) continue;
      const copied = this.#copyAt(key, member);
      if (copied !== undefined) define(copy, key, copied);
    }
    return copy;
  }

  #copyList(list: readonly unknown[]): JsonCopy[] {
    const copy: JsonCopy[] = [];
    for (let i = 0; i < list.length; i++) {
      this.#count(1);
      // A place must stay taken, or the pointers to what follows would be off by one.
      copy.push(this.#copyAt(i, list[i]) ?? null);
    }
    return copy;
  }

  #copyAt(key: string | number, value: unknown): JsonCopy | undefined {
    this.#path.push(key);
    const copied = this.copy(value);
    this.#path.pop();
    return copied;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#limits.irBytes) return;
    this.#log.add({
      code: 'FC1006',
      severity: 'error',
      path: '',
      message: `The workflow is larger than ${this.#limits.irBytes} bytes as JSON.`,
      hint: 'Put large data into files that nodes read, or split the workflow.',
    });
    throw new TooLarge();
  }

  /** What is left out counts as the `null` that JSON would have there: a list of nothing is not free. */
  #refuse(what: () => string): undefined {
    this.#count(4);
    if (this.#refused.length < this.#log.limit) this.#refused.push({ what: what(), path: [...this.#path] });
    else this.#moreRefused++;
    return undefined;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of any realm is the one that inherits from nothing.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function className(value: object): string {
  const made: unknown = value.constructor;
  return typeof made === 'function' ? String(made.name) : 'unknown';
}

/** As JSON.parse does it: a key `__proto__` becomes an own property. */
function define(target: { [key: string]: JsonCopy }, key: string, value: JsonCopy): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}
