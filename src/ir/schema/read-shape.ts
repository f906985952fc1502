import type { z } from 'zod';
import type { DiagnosticLog } from '../diagnostics/diagnostic-log.js';
import { type Path, pointerSegments, pointerTo, valueAt } from '../diagnostics/pointer.js';
import type { PointerMap } from '../diagnostics/pointer-map.js';
import { shapeDiagnostic } from '../diagnostics/shape-diagnostic.js';
import { type Repair, repairOf } from './repair.js';
import { type ShapeProblem, shapeProblems } from './shape-problem.js';

type Container = Record<string | number, unknown>;

/** How a document is to be read. */
export interface ShapeOptions {
  readonly log: DiagnosticLog;
  /** From pointers into the document to the author's; gets an entry for each key that is read under its right name. */
  readonly pointers: PointerMap;
  /** What the elements are where the document is a list. */
  readonly listNoun: string;
  /** Fills in something that must be there, so that what it belongs to need not be left out; `false` if it cannot. */
  readonly standIn: (path: Path, holder: Container) => boolean;
}

/** What could be read of a document. */
export interface ShapeReading<T> {
  /** `null` if nothing usable is left. */
  readonly value: T | null;
  /** The author's pointer to what stands at a pointer into `value`. */
  pointerOf(pointer: string): string;
}

/** Each round leaves out more, from the inside out, so there are about as many as there are levels in a schema. */
const MAX_ROUNDS = 16;

/**
 * Reads a document by a schema, and as much of it as possible where it departs from the schema: every problem is reported,
 * then what is plainly misspelt is read as it was meant and what is beyond repair is left out, so that the passes that
 * follow find their problems as well. Changes the document that it is given.
 */
export function readShape<T>(
  schema: z.ZodType<T>,
  document: unknown,
  options: ShapeOptions,
): ShapeReading<T> {
  return new ShapeReader(document, options).read(schema);
}

class ShapeReader {
  /** By list that lost elements: where those that are left stood at first. */
  readonly #places = new Map<object, number[]>();
  /** Keys that were reported and changed: what zod says of them from then on is a consequence. */
  readonly #touched = new WeakMap<object, Set<string | number>>();

  constructor(
    private readonly document: unknown,
    private readonly options: ShapeOptions,
  ) {}

  read<T>(schema: z.ZodType<T>): ShapeReading<T> {
    const pointerOf = (pointer: string) => this.options.pointers.pointerOf(this.#firstPointer(pointer));
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const parsed = this.#parse(schema);
      if (parsed === null) break;
      if (parsed.success) return { value: parsed.data, pointerOf };
      if (!this.#repair(parsed.error.issues)) break;
    }
    return { value: null, pointerOf };
  }

  #parse<T>(schema: z.ZodType<T>): z.ZodSafeParseResult<T> | null {
    try {
      // Without `jitless` zod compiles schemas with `new Function`.
      return schema.safeParse(this.document, { jitless: true });
    } catch (error) {
      // Zod hands issues on as arguments of one call: some hundred thousand of them overflow the stack.
      if (!(error instanceof RangeError)) throw error;
      this.options.log.add({
        code: 'FC1006',
        severity: 'error',
        path: this.options.pointers.pointerOf(''),
        message:
          'The document has more problems than can be listed: most of it does not have the form of a workflow.',
        hint: 'Write one node in the form that the schema asks for, check it, then add the others.',
      });
      return null;
    }
  }

  /** Reports the problems and changes the document; `false` if nothing is left of it, or it is not worth while. */
  #repair(issues: readonly z.core.$ZodIssue[]): boolean {
    const { log } = this.options;
    const found = shapeProblems(issues, this.document, log.limit);
    const repaired = found.problems.map((problem) => ({ problem, repair: repairOf(problem, this.document) }));
    const renamed = new Set(
      repaired.flatMap(({ repair }) => (repair?.kind === 'rename' ? [pointerTo(repair.to)] : [])),
    );
    // A key that is there under a wrong name is not missing as well.
    const problems = repaired.filter(
      ({ problem }) => problem.kind !== 'missing' || !renamed.has(pointerTo(problem.path)),
    );
    for (const { problem, repair } of problems) this.#report(problem, repair);
    if (found.more > 0) {
      log.skip(found.more);
      return false;
    }
    const shrunk = new Set<unknown[]>();
    const usable = problems.every(({ problem, repair }) =>
      repair === null ? this.#leaveOut(placeOf(problem), shrunk) : this.#apply(repair),
    );
    for (const list of shrunk) this.#close(list);
    return usable;
  }

  #report(problem: ShapeProblem, repair: Repair | null): void {
    const path = placeOf(problem);
    if (this.#isTouched(path)) return;
    this.#touch(path);
    const { log, listNoun, pointers } = this.options;
    if (log.isFull('error')) {
      log.skip();
      return;
    }
    const pointer = (at: Path) => pointers.pointerOf(pointerTo(this.#firstPath(at)));
    log.add(shapeDiagnostic(problem, repair, { document: this.document, pointer, listNoun }));
  }

  #apply(repair: Repair): true {
    const path = repair.kind === 'rename' ? repair.from : repair.path;
    const holder = this.#holder(path);
    const key = path.at(-1);
    // Gone already, with something around it.
    if (holder === null || key === undefined || !Object.hasOwn(holder, key)) return true;
    if (repair.kind === 'replace') {
      holder[key] = repair.value;
      return true;
    }
    holder[repair.name] = holder[key];
    delete holder[key];
    const { pointers } = this.options;
    const [from, to] = [repair.from, repair.to].map((end) => pointerTo(this.#firstPath(end)));
    pointers.moved(to ?? '', pointers.pointerOf(from ?? ''));
    return true;
  }

  /** Leaves out what stands at a path or, where nothing does, what needs it. */
  #leaveOut(path: Path, shrunk: Set<unknown[]>): boolean {
    const key = path.at(-1);
    if (key === undefined) return false;
    const holder = this.#holder(path);
    // Gone already, with something around it.
    if (holder === null) return true;
    if (Array.isArray(holder)) {
      holder[Number(key)] = undefined;
      shrunk.add(holder);
      return true;
    }
    if (Object.hasOwn(holder, key)) {
      delete holder[key];
      return true;
    }
    return this.options.standIn(path, holder) || this.#leaveOut(path.slice(0, -1), shrunk);
  }

  /** Takes the gaps out of a list, remembering where the others stood. */
  #close(list: unknown[]): void {
    const before = this.#places.get(list) ?? list.map((_, i) => i);
    const places: number[] = [];
    let length = 0;
    list.forEach((element, i) => {
      if (element === undefined) return;
      list[length++] = element;
      places.push(before[i] ?? i);
    });
    list.length = length;
    this.#places.set(list, places);
  }

  /** The pointer as it was before anything was left out. */
  #firstPointer(pointer: string): string {
    return this.#places.size === 0 ? pointer : pointerTo(this.#firstPath(pointerSegments(pointer)));
  }

  /** The path as it was before anything was left out. */
  #firstPath(path: Path): Path {
    return path.map((key, i) => {
      const holder = valueAt(this.document, path.slice(0, i));
      const places = typeof holder === 'object' && holder !== null ? this.#places.get(holder) : undefined;
      return places?.[Number(key)] ?? key;
    });
  }

  #holder(path: Path): Container | null {
    const holder = valueAt(this.document, path.slice(0, -1));
    return typeof holder === 'object' && holder !== null ? (holder as Container) : null;
  }

  #isTouched(path: Path): boolean {
    const holder = this.#holder(path);
    return holder !== null && this.#touched.get(holder)?.has(path.at(-1) ?? '') === true;
  }

  #touch(path: Path): void {
    const holder = this.#holder(path);
    if (holder === null) return;
    const keys = this.#touched.get(holder) ?? new Set();
    keys.add(path.at(-1) ?? '');
    this.#touched.set(holder, keys);
  }
}

/** The path of the value that is at fault, or missing. */
function placeOf(problem: ShapeProblem): Path {
  return problem.kind === 'unknown key' ? [...problem.path, problem.key] : problem.path;
}
