import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineNode } from 'forkchart';
import { z } from 'zod';

const LOCK_FILE = 'package-lock.json';

/** Only what is looked at; a lock file holds much more. */
const lockedPackage = z.looseObject({
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  version: z.string().optional(),
  name: z.string().optional(),
  license: z.unknown().optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
});
const lockFile = z.looseObject({ lockfileVersion: z.int(), packages: z.record(z.string(), lockedPackage) });

/** Reads which packages a project installs, and under which licences. */
export const readDependencies = defineNode({
  type: 'read-dependencies',
  description: 'Reads package-lock.json: packages, what they are for, and their licences.',
  params: z.strictObject({ root: z.string() }),
  effects: 'pure',
  /** @returns {Promise<import('../data.js').Dependencies>} */
  async run({ root }, { signal }) {
    const text = await readFile(join(root, LOCK_FILE), { encoding: 'utf8', signal }).catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return missing(`There is no ${LOCK_FILE}.`);
    const lock = lockFile.safeParse(parseJson(text));
    if (!lock.success) return missing(`${LOCK_FILE} is not a lock file of npm 7 or later.`);

    const packages = lock.data.packages;
    const own = Object.entries(packages).filter(([path]) => !isInstalled(path));
    const installed = Object.entries(packages).filter(([path, entry]) => isInstalled(path) && !entry.link);
    const development = installed.filter(([, entry]) => entry.dev === true || entry.devOptional === true);
    const direct = new Set(
      own.flatMap(([, entry]) => Object.keys({ ...entry.dependencies, ...entry.devDependencies })),
    );
    return {
      available: true,
      lockfile_version: lock.data.lockfileVersion,
      direct: direct.size,
      packages: installed.length,
      production: installed.length - development.length,
      development: development.length,
      duplicated: countDuplicated(installed),
      licences: tallyLicences(installed.map(([, entry]) => entry.license)),
    };
  },
});

/** @param {string} reason */
const missing = (reason) => ({ available: /** @type {const} */ (false), reason });

/** @param {string} path */
const isInstalled = (path) => /(^|\/)node_modules\//.test(path);

/** @param {string} text */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {readonly [string, z.infer<typeof lockedPackage>][]} installed */
function countDuplicated(installed) {
  /** @type {Map<string, Set<string | undefined>>} */
  const versions = new Map();
  for (const [path, entry] of installed) {
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    versions.set(name, (versions.get(name) ?? new Set()).add(entry.version));
  }
  return [...versions.values()].filter(({ size }) => size > 1).length;
}

/** @param {readonly unknown[]} stated */
function tallyLicences(stated) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of stated) {
    const licence = typeof value === 'string' && value !== '' ? value : 'not stated';
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  return [...counts]
    .map(([licence, packages]) => ({ licence, packages }))
    .sort((a, b) => b.packages - a.packages || (a.licence < b.licence ? -1 : 1));
}
