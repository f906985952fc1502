import { execFile } from 'node:child_process';
import { describeValue } from '../../ir/diagnostics/wording.js';
import { describeThrown } from '../thrown.js';

/** How much of a resource was found. */
export interface Detected {
  readonly capacity: number;
  /** Why that is 0, where what was to find it out has not; else `null`. */
  readonly problem: DetectionProblem | null;
}

export interface DetectionProblem {
  /** What follows "`detectCapacity`". */
  readonly says: string;
  /** What it threw; `undefined` where it gave back something that is no amount. */
  readonly cause: unknown;
}

/** Finds out how much there is of a resource whose capacity is `auto`. Never rejects. */
export type DetectCapacity = (resource: string) => Promise<Detected>;

const LONGEST_DETECTION_MS = 5000;

/**
 * How much there is of each resource, found out when it is first asked for, and once: by `given`, else by counting the
 * graphics cards that `nvidia-smi` lists. What cannot be found out is 0.
 */
export function capacityDetector(given?: (resource: string) => number | Promise<number>): DetectCapacity {
  let cards: Promise<number> | undefined;
  const find = given ?? (() => (cards ??= countGraphicsCards()));
  const found = new Map<string, Promise<Detected>>();
  return (resource) => {
    const known = found.get(resource);
    if (known !== undefined) return known;
    const capacity = Promise.resolve(resource).then(find).then(read, failed);
    found.set(resource, capacity);
    return capacity;
  };
}

function read(answer: unknown): Detected {
  if (typeof answer === 'number' && answer >= 0) return { capacity: Math.floor(answer), problem: null };
  return { capacity: 0, problem: { says: `gave ${describeValue(answer)}`, cause: undefined } };
}

function failed(error: unknown): Detected {
  const says = `failed: ${describeThrown(error)[0]?.message}`;
  return { capacity: 0, problem: { says, cause: error } };
}

/** @param command stands in for `nvidia-smi` where that is not what is to be asked */
export function countGraphicsCards(command = 'nvidia-smi'): Promise<number> {
  const query = ['--query-gpu=index', '--format=csv,noheader'];
  return new Promise((resolve) => {
    execFile(command, query, { timeout: LONGEST_DETECTION_MS, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout.split('\n').filter((line) => line.trim() !== '').length : 0);
    });
  });
}
