/** What `count-lines` does, on a worker thread. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { syntaxOf } from '../languages.js';

/** Stands for a comment, or a line of one; no source text has it. */
const COMMENT = '\uE000';

/**
 * @param {{ root: string, files: readonly import('../data.js').SourceFile[] }} params
 * @returns {{ thread: number, files: import('../data.js').FileCount[], skipped: number }} `skipped`: binary or unreadable
 */
export default function countShard({ root, files }) {
  const counted = files.flatMap(({ path, language }) => {
    const text = readText(join(root, path));
    return text === null ? [] : [{ path, language, ...countText(text, language) }];
  });
  return { thread: threadId, files: counted, skipped: files.length - counted.length };
}

/**
 * Counts the lines of a text. A comment that follows code on its line leaves the line code; a docstring is a comment.
 *
 * @param {string} text
 * @param {string} language
 */
export function countText(text, language) {
  const counts = { code: 0, comment: 0, blank: 0 };
  if (text === '') return counts;
  const syntax = syntaxOf(language);
  const marked =
    syntax === null
      ? text
      : text.replace(syntax, (token, /** @type {string | undefined} */ comment) =>
          comment === undefined ? token : comment.replace(/[^\s](?:[^\n]*[^\s])?/g, COMMENT),
        );
  const lines = marked.split('\n');
  // A line break ends the last line; it does not begin another one.
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const rest = line.trim();
    if (rest === '') counts.blank += 1;
    else if (rest.replaceAll(COMMENT, '').trim() === '') counts.comment += 1;
    else counts.code += 1;
  }
  return counts;
}

/**
 * @param {string} file
 * @returns {string | null} `null` for a file that is not text, or is gone
 */
function readText(file) {
  try {
    const bytes = readFileSync(file);
    return bytes.subarray(0, 8000).includes(0) ? null : bytes.toString('utf8');
  } catch {
    return null;
  }
}
