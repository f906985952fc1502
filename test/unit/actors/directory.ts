import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that is removed after the test, with files of the given texts. */
export async function directoryWith(files: { readonly [path: string]: string } = {}): Promise<string> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'forkchart-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await fs.mkdir(dirname(join(directory, path)), { recursive: true });
    await fs.writeFile(join(directory, path), text);
  }
  return directory;
}
