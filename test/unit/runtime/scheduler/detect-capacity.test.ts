import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capacityDetector, countGraphicsCards } from '../../../../src/runtime/scheduler/detect-capacity.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forkchart-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function command(name: string, script: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe.skipIf(process.platform === 'win32')('the number of graphics cards', () => {
  it('is the number of lines that nvidia-smi writes, asked for the index alone', async () => {
    const two = await command(
      'two',
      '[ "$*" = "--query-gpu=index --format=csv,noheader" ] && echo 0 && echo 1',
    );
    expect(await countGraphicsCards(two)).toBe(2);
  });

  it('is 0 where it fails, or is not there', async () => {
    const failing = await command('failing', 'echo 0; exit 9');
    expect(await countGraphicsCards(failing)).toBe(0);
    expect(await countGraphicsCards(join(directory, 'nothing'))).toBe(0);
  });
});

describe('what is found out of a capacity', () => {
  it('is asked for once for each resource', async () => {
    const asked: string[] = [];
    const detect = capacityDetector((resource) => asked.push(resource));
    expect(await Promise.all([detect('gpu'), detect('tpu'), detect('gpu')])).toEqual(
      [1, 2, 1].map((capacity) => ({ capacity, problem: null })),
    );
    expect(asked).toEqual(['gpu', 'tpu']);
  });

  it.each([
    ['is no whole number', () => 2.9, 2, undefined],
    ['is none', () => 0, 0, undefined],
    ['rejects', () => Promise.reject(new Error('no driver')), 0, 'failed: no driver'],
    [
      'is thrown',
      () => {
        throw new Error('no driver');
      },
      0,
      'failed: no driver',
    ],
    ['is no number', () => Number.NaN, 0, 'gave NaN'],
    ['is a text', () => '3' as never, 0, 'gave the text "3"'],
    ['is negative', () => -1, 0, 'gave -1'],
  ])('is a whole number, 0 at least, though the answer %s', async (_, given, capacity, says) => {
    const found = await capacityDetector(given)('gpu');
    expect(found.capacity).toBe(capacity);
    expect(found.problem?.says).toBe(says);
  });
});
