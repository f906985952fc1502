import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** A directory inside of the package, so that programs in it can import `forkchart`. */
export const scratchOf = (document: string): string => path.join(ROOT, '.docs-test', document);

/** Runs a program of a document as a module, with the package as it is built: what it prints. */
export async function runProgram(document: string, name: string, program: string): Promise<string> {
  const scratch = scratchOf(document);
  mkdirSync(scratch, { recursive: true });
  const file = path.join(scratch, `${name}.mjs`);
  writeFileSync(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: ROOT });
  return stdout;
}
