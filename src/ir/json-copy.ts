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
    return copier.copy(value, []);
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
  }
}

class TooLarge extends Error {}

class Copier {
  readonly #limits: Limits;
  readonly #log: DiagnosticLog;
  /** A lower bound of the bytes that the copy takes as JSON text. */
  #bytes = 0;

  constructor(limits: Limits, log: DiagnosticLog) {
    this.#limits = limits;
    this.#log = log;
  }

  copy(value: unknown, path: Path): JsonCopy | undefined {
    switch (typeof value) {
      case 'string':
        this.#count(value.length + 2);
        return value;
      case 'boolean':
        this.#count(4);
        return value;
      case 'number':
        this.#count(1);
        return Number.isFinite(value) ? value : this.#refuse(`the number ${value}`, path);
      case 'object':
        if (value === null) {
          this.#count(4);
          return null;
        }
        return this.#copyContainer(value, path);
      default:
        return this.#refuse(typeof value === 'undefined' ? 'nothing at all' : `a ${typeof value}`, path);
    }
  }

  #copyContainer(value: object, path: Path): JsonCopy | undefined {
    if (path.length >= this.#limits.depth) {
      this.#log.add({
        code: 'FC1006',
        severity: 'error',
        path: pointerTo(path.slice(0, 8)),
        message: `Lists and objects nest deeper than ${this.#limits.depth} levels, or contain themselves.`,
        hint: `Nest at most ${this.#limits.depth} levels; a value that is deeper can be passed as text.`,
      });
      throw new TooLarge();
    }
    this.#count(2);
    if (Array.isArray(value)) return this.#copyList(value, path);
    if (!isPlain(value)) return this.#refuse(`an object of the class ${quote(className(value))}`, path);
    const copy: { [key: string]: JsonCopy } = {};
    for (const key of Object.keys(value)) {
      this.#count(key.length + 4);
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined) continue;
      const copied = this.copy(member, [...path, key]);
      if (copied !== undefined) define(copy, key, copied);
    }
    return copy;
  }

  #copyList(list: readonly unknown[], path: Path): JsonCopy[] {
    const copy: JsonCopy[] = [];
    for (let i = 0; i < list.length; i++) {
      this.#count(1);
      // A place must stay taken, or the pointers to what follows would be off by one.
      copy.push(this.copy(list[i], [...path, i]) ?? null);
    }
    return copy;
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

  #refuse(what: string, path: Path): undefined {
    this.#log.add({
      code: 'FC1004',
      severity: 'error',
      path: pointerTo(path),
      message: `${path.length === 0 ? 'The workflow' : quote(pointerTo(path))} is ${what}, which JSON cannot carry.`,
      hint: 'Write a text, a finite number, true, false, null, a list or a plain object.',
    });
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
