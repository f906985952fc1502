/**
 * Checks the links of Markdown documents, with a node that decides in its own code what to call.
 *
 *     node examples/tool-calls/main.js          the documents of this repository
 *     node examples/tool-calls/main.js DIR      of any directory
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRunner } from 'forkchart';
import { nodesFor } from './nodes.js';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));
const runner = createRunner({ nodes: nodesFor(root), root });
let calls = 0;
let underWay = 0;
let most = 0;
const run = runner.start(
  await readFile(new URL('./workflow.json', import.meta.url), 'utf8'),
  {},
  {
    onEvent(event) {
      if (event.type === 'call.started') {
        calls += 1;
        underWay += 1;
        most = Math.max(most, underWay);
      } else if (event.type === 'call.settled' && event.attempts > 0) underWay -= 1;
    },
  },
);
const { error, outputs } = await run.result;
await runner.close();

if (error !== null) {
  console.error(`${error.code}: ${error.message}\n${error.hint}`);
  process.exitCode = 2;
} else {
  const report =
    /** @type {{ documents: number, links: number, unread: { document: string, reason: string }[], broken: { document: string, link: string, reason: string }[] }} */ (
      outputs.report
    );
  for (const { document, reason } of report.unread) console.log(`${document}: not read: ${reason}`);
  for (const { document, link, reason } of report.broken) console.log(`${document}: ${link}: ${reason}`);
  console.log(`${report.documents} documents, ${report.links} links, ${report.broken.length} broken`);
  console.log(`${calls} calls, up to ${most} at once`);
  process.exitCode = report.broken.length + report.unread.length > 0 ? 1 : 0;
}
