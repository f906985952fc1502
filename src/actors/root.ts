import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ForkchartError } from '../ir/errors.js';
import { errnoOf, fileError } from './file-error.js';

/** A place under a {@link Root}. */
export interface RootedPath {
  /** Where it is, links followed. */
  readonly real: string;
  /** As a workflow would write it: relative to the root, with forward slashes; `.` for the root itself. */
  readonly shown: string;
}

/** The directory that file nodes may reach, and the way from a workflow's path to a real one. */
export interface Root {
  /**
   * Where `given` is, which need not exist. Links are followed, and must not lead out. A path that somebody changes between this
   * check and its use is not caught: who can do that can write under the root already.
   *
   * @throws ForkchartError FC6003 when it leads out of the root, or there is no root; FC6004 when it cannot be reached
   */
  resolve(given: string): Promise<RootedPath>;
  /** Whether a path leads to something under the root, links followed. `false` if it leads nowhere. */
  holds(real: string): Promise<boolean>;
}

/**
 * @param directory `null` for none: every path is refused then. It is looked for when it is first needed, so that a runner
 * whose workflows use no files does not need it
 */
export function createRoot(directory: string | null): Root {
  // Now: a later change of the process's directory must not move the root.
  const absolute = directory === null ? null : path.resolve(directory);
  const top = async (): Promise<string> => {
    if (absolute === null) {
      throw refused('There is no root for file nodes to work under', 'Pass `root` to `createRunner`.');
    }
    return realpath(absolute).catch((error) => {
      throw fileError(error, 'use', 'the root');
    });
  };
  return {
    async resolve(given) {
      const name = printable(given);
      if (given.includes('\0')) throw refused(`\`${name}\` holds a NUL character`, 'Take it out.');
      const root = await top();
      const wanted = path.resolve(root, given);
      // Before anything is looked up, so that nothing is learnt about what is outside.
      if (!isInside(root, wanted)) throw leadsOut(name);
      const real = await realpathOfExisting(wanted, name);
      if (!isInside(root, real)) throw leadsOut(name);
      return { real, shown: path.relative(root, real).replaceAll(path.sep, '/') || '.' };
    },
    async holds(real) {
      const root = await top();
      return realpath(real).then(
        (followed) => isInside(root, followed),
        () => false,
      );
    },
  };
}

/** Follows the links of the part of a path that exists, and appends the rest. */
async function realpathOfExisting(wanted: string, name: string): Promise<string> {
  const rest: string[] = [];
  for (let at = wanted; ; at = path.dirname(at)) {
    try {
      return path.join(await realpath(at), ...rest);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fileError(error, 'reach', name);
      // What is written to a link to nowhere comes into being where it points to, and that was not checked.
      if (await isLink(at)) throw refused(`\`${name}\` goes through a link to nowhere`, 'Remove the link.');
      rest.unshift(path.basename(at));
    }
  }
}

function isLink(at: string): Promise<boolean> {
  return lstat(at).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

/** By name alone; both are absolute. */
function isInside(root: string, wanted: string): boolean {
  const [first] = path.relative(root, wanted).split(path.sep);
  return first !== '..' && !path.isAbsolute(path.relative(root, wanted));
}

function leadsOut(name: string): ForkchartError {
  return refused(
    `\`${name}\` leads out of the root`,
    'Use a path below the root, without links that lead out of it.',
  );
}

function refused(message: string, hint: string): ForkchartError {
  return new ForkchartError('FC6003', `${message}.`, { hint, terminal: true });
}

function printable(given: string): string {
  return given.replaceAll('\0', '\\0');
}
