/**
 * What flows between the nodes. A node type checks its parameters against these schemas, so a workflow that plugs the wrong
 * output into a node fails there, by name, and not somewhere inside.
 */
import { z } from 'zod';

/** A file whose lines are to be counted; `path` is relative to the root, with `/` on every system. */
export const sourceFile = z.strictObject({ path: z.string(), language: z.string(), bytes: z.int() });

/** How many files were left out, and why. */
export const skipped = z.strictObject({ reason: z.string(), files: z.int() });

/** The lines of one file. A line with code and a comment is code. */
export const fileCount = z.strictObject({
  path: z.string(),
  language: z.string(),
  code: z.int(),
  comment: z.int(),
  blank: z.int(),
});

/** The lines of all files, by language and in all; the language with the most code first. */
export const lineTotals = z.strictObject({
  files: z.int(),
  code: z.int(),
  comment: z.int(),
  blank: z.int(),
  languages: z.array(
    z.strictObject({ language: z.string(), files: z.int(), code: z.int(), comment: z.int(), blank: z.int() }),
  ),
  largest: z.array(fileCount),
});

/** Facts that a project need not have: then `reason` says so. */
const missing = z.strictObject({ available: z.literal(false), reason: z.string() });

/** What `on_error: continue` hands on in place of an output: the record of a node that failed. */
const failedNode = z
  .looseObject({ status: z.enum(['failed', 'timed_out']), error: z.looseObject({ message: z.string() }) })
  .transform(({ error }) => ({ available: /** @type {const} */ (false), reason: error.message }));

/** Every package that a lock file installs. */
export const dependencies = z.union([
  z.strictObject({
    available: z.literal(true),
    lockfile_version: z.int(),
    direct: z.int(),
    packages: z.int(),
    production: z.int(),
    development: z.int(),
    /** Names that are installed in more than one version. */
    duplicated: z.int(),
    licences: z.array(z.strictObject({ licence: z.string(), packages: z.int() })),
  }),
  missing,
]);

/** Who changed what when. Times are milliseconds since 1970. */
export const history = z.union([
  z.strictObject({
    available: z.literal(true),
    commits: z.int(),
    first: z.int(),
    last: z.int(),
    authors: z.array(
      z.strictObject({ name: z.string(), commits: z.int(), added: z.int(), deleted: z.int() }),
    ),
    activity: z.strictObject({
      unit: z.string(),
      periods: z.array(z.strictObject({ from: z.int(), commits: z.int() })),
    }),
    /** Why it may be less than the whole history; `null` if it is all of it. */
    note: z.string().nullable(),
  }),
  missing,
  failedNode,
]);

/**
 * @typedef {z.infer<typeof sourceFile>} SourceFile
 * @typedef {z.infer<typeof skipped>} Skipped
 * @typedef {z.infer<typeof fileCount>} FileCount
 * @typedef {z.infer<typeof lineTotals>} LineTotals
 * @typedef {z.infer<typeof dependencies>} Dependencies
 * @typedef {z.infer<typeof history>} History
 */
