import { ForkchartError } from '../ir/errors.js';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission is denied'],
  ['EBUSY', 'it is in use'],
  ['EEXIST', 'something else of that name is there'],
  ['EISDIR', 'it is a directory'],
  ['ELOOP', 'it goes round a loop of links'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ENOENT', 'it does not exist'],
  ['ENOSPC', 'the disk is full'],
  ['ENOTDIR', 'a part of its path is not a directory'],
  ['EPERM', 'permission is denied'],
  ['EROFS', 'the file system is read-only'],
]);

/**
 * What went wrong with a file, as FC6004 and in words. The operating system's own message is left out: it holds absolute paths,
 * and those of the machine are nobody's business who only sees the workflow's record.
 *
 * @param verb what was to be done with it, as in "Cannot read"
 * @param path as the workflow would write it
 */
export function fileError(error: unknown, verb: string, path: string): ForkchartError {
  if (error instanceof ForkchartError) return error;
  const errno = errnoOf(error) ?? 'an unknown error';
  return new ForkchartError('FC6004', `Cannot ${verb} \`${path}\`: ${REASONS.get(errno) ?? errno}.`, {
    hint: 'Paths are relative to the root of the runner.',
  });
}

/** The code that the operating system gave, such as `ENOENT`. */
export function errnoOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}
