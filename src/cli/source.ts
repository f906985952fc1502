import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Io } from './session.js';
import { UsageError } from './usage-error.js';

/** More than this is never read, whatever it is; that a workflow is too large is for `check` to say, at a lower limit. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A text and what to call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a text file, or stdin where it is called `-`.
 *
 * @throws UsageError where there is no such file, it is a directory, or it cannot be read.
 */
export async function readSource(file: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<Source> {
  if (file === '-') return { name: 'stdin', text: await readText(io.stdin, 'stdin') };
  const path = resolve(io.cwd, file);
  try {
    if ((await stat(path)).isDirectory()) {
      throw new UsageError(`${JSON.stringify(file)} is a directory.`, 'Name a file, or `-` for stdin.');
    }
    return { name: file, text: await readText(createReadStream(path), file) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(file, error);
  }
}

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    bytes += buffer.length;
    if (bytes > MAX_BYTES) {
      throw new UsageError(
        `${JSON.stringify(name)} is larger than ${MAX_BYTES} bytes.`,
        'Name a file that holds a workflow.',
      );
    }
    chunks.push(buffer);
  }
  // TextDecoder, unlike toString, drops a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function unreadable(file: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UsageError(
      `There is no file ${JSON.stringify(file)}.`,
      'Check the path, or type `-` to read from stdin.',
      error,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new UsageError(`${JSON.stringify(file)} may not be read.`, 'Check its permissions.', error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new UsageError(`${JSON.stringify(file)} could not be read: ${reason}`, 'Check the path.', error);
}
