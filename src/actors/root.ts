import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ForkchartError } from '../ir/errors.js';

/** The directory that file nodes may reach, and the way from a workflow's path to a real one. */
export interface Root {
  /**
   * The real path of `given`, which need not exist. A link is followed, and must not lead out. A path that is changed
   * between this check and its use is not caught: that takes somebody who can write under the root already.
   *
   * @throws ForkchartError FC6003 when it leads out of the root, or there is no root
   */
  resolve(given: string): Promise<string>;
  /** A real path as a workflow would write it: relative to the root, with forward slashes. */
  show(real: string): string;
}

export function createRoot(directory: string | null): Root {
  const top = async (): Promise<string> => {
    if (directory === null)
      throw refused(
        'File nodes have no root to work under',
        'Pass `root` to `createRunner`, or `--root DIR`.',
      );
    try {
      return await realpath(directory);
    } catch (error) {
      throw fileError(error, 'use', 'the root');
    }
  };
  return {
    async resolve(given) {
      if (given.includes('\0'))
        throw refused(`\`${given.replaceAll('\0', '\\0')}\` holds a NUL character`, 'Take it out.');
      const root = await top();
      const wanted = path.resolve(root, given);
      const real = await realpathOfExisting(wanted, given);
      if (!isInside(root, wanted) || !isInside(root, real)) {
        throw refused(
          `\`${given}\` leads out of the root`,
          'Use a path relative to the root, without `..` or links that lead out.',
        );
      }
      return real;
    },
    show: (real) =>
      directory === null
        ? real
        : path.relative(path.resolve(directory), real).split(path.sep).join('/') || '.',
  };
}

/** Follows the links of the part of a path that exists, and appends the rest. */
async function realpathOfExisting(wanted: string, given: string): Promise<string> {
  const rest: string[] = [];
  for (let at = wanted; ; at = path.dirname(at)) {
    try {
      return path.join(await realpath(at), ...rest);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || at === path.dirname(at))
        throw fileError(error, 'reach', given);
      if (await isLink(at)) throw refused(`\`${given}\` goes through a link to nowhere`, 'Remove the link.');
      rest.unshift(path.basename(at));
    }
  }
}

async function isLink(at: string): Promise<boolean> {
  const { lstat } = await import('node:fs/promises');
  return lstat(at).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

export function isInside(root: string, real: string): boolean {
  const relative = path.relative(root, real);
  return (
    relative === '' ||
    !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
  );
}

const refused = (message: string, hint: string) => new ForkchartError('FC6003', `${message}.`, { hint });

const REASONS: { readonly [errno: string]: string } = {
  ENOENT: 'it does not exist',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  ENOSPC: 'the disk is full',
  ELOOP: 'it goes round a loop of links',
  ENAMETOOLONG: 'its name is too long',
};

/** An error of the file system that names the workflow's path, and never a directory outside of the root. */
export function fileError(error: unknown, verb: string, given: string): ForkchartError {
  if (error instanceof ForkchartError) return error;
  const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const reason = Object.hasOwn(REASONS, errno) ? REASONS[errno] : errno;
  return new ForkchartError('FC6004', `Cannot ${verb} \`${given}\`: ${reason}.`, {
    hint: 'Paths are relative to the root of the run.',
  });
}
