import { execFile } from 'node:child_process';

/** Finds out how much there is of a resource whose capacity is `auto`. Never rejects. */
export type DetectCapacity = (resource: string) => Promise<number>;

const LONGEST_DETECTION_MS = 5000;

/**
 * How much there is of each resource, found out when it is first asked for, and once: by `given`, else by counting the
 * graphics cards that `nvidia-smi` lists. What cannot be found out is 0.
 */
export function capacityDetector(given?: (resource: string) => number | Promise<number>): DetectCapacity {
  let cards: Promise<number> | undefined;
  const find = given ?? (() => (cards ??= countGraphicsCards()));
  const found = new Map<string, Promise<number>>();
  return (resource) => {
    const known = found.get(resource);
    if (known !== undefined) return known;
    const capacity = Promise.resolve(resource)
      .then(find)
      .then(usable, () => 0);
    found.set(resource, capacity);
    return capacity;
  };
}

const usable = (capacity: unknown): number =>
  typeof capacity === 'number' && capacity > 0 ? Math.floor(capacity) : 0;

/** @param command stands in for `nvidia-smi` where that is not what is to be asked */
export function countGraphicsCards(command = 'nvidia-smi'): Promise<number> {
  const query = ['--query-gpu=index', '--format=csv,noheader'];
  return new Promise((resolve) => {
    execFile(command, query, { timeout: LONGEST_DETECTION_MS, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout.split('\n').filter((line) => line.trim() !== '').length : 0);
    });
  });
}
