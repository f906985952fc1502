import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { defineNode } from 'forkchart';
import { z } from 'zod';
import { anchorsIn, linksIn } from './markdown.js';

const AT_ONCE = 8;

/**
 * Both node types, for documents below a directory.
 *
 * @param {string} root
 */
export const nodesFor = (root) => [checkLinks, findTarget(root)];

/** Reads documents, and calls `find-target` for each link in them. */
const checkLinks = defineNode({
  type: 'check-links',
  description: 'Counts the links of Markdown documents, and tells those that lead nowhere.',
  params: z.strictObject({ documents: z.array(z.string()) }),
  effects: 'pure',
  async run({ documents }, ctx) {
    const read = await ctx.callToolsParallel(
      documents.map((path) => ({ tool: 'read-file', params: { path } })),
      { maxConcurrent: AT_ONCE, timeoutMs: 10_000 },
    );
    const links = read.flatMap(({ output }, index) =>
      typeof output === 'string'
        ? linksIn(output).map((link) => ({ document: documents[index] ?? '', link }))
        : [],
    );
    const found = await ctx.callToolsParallel(
      links.map((params) => ({ tool: 'find-target', params })),
      { maxConcurrent: AT_ONCE, timeoutMs: 10_000 },
    );
    return {
      documents: documents.length,
      links: links.length,
      unread: read.flatMap(({ error }, index) =>
        error === null ? [] : [{ document: documents[index] ?? '', reason: error.message }],
      ),
      broken: found.flatMap(({ error }, index) =>
        error === null ? [] : [{ ...links[index], reason: error.message }],
      ),
    };
  },
});

/**
 * Fails where a link leads nowhere, and says why.
 *
 * @param {string} root
 */
const findTarget = (root) =>
  defineNode({
    type: 'find-target',
    description: 'Gives back the path that a link in a document leads to.',
    params: z.strictObject({ document: z.string(), link: z.string() }),
    effects: 'pure',
    async run({ document, link }, ctx) {
      const [before = '', anchor = ''] = link.split('#', 2);
      const path = before === '' ? document : posix.join(posix.dirname(document), decodeURI(before));
      if (path === '..' || path.startsWith('../')) throw new Error('it leads out of the directory');
      const found = await stat(join(root, path)).catch(() => null);
      if (found === null) throw new Error(`there is no ${path}`);
      if (anchor === '' || !path.endsWith('.md')) return path;
      // A call may make calls itself.
      const [read] = await ctx.callToolsParallel([{ tool: 'read-file', params: { path } }]);
      if (typeof read?.output !== 'string') throw new Error(read?.error?.message ?? `${path} cannot be read`);
      if (!anchorsIn(read.output).has(decodeURIComponent(anchor).toLowerCase())) {
        throw new Error(`${path} has no heading #${anchor}`);
      }
      return path;
    },
  });
