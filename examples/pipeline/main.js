/**
 * Runs a pipeline of three stages over files, and shows that they overlap: which stage works on which file, in the order in which
 * it begins.
 *
 *     node examples/pipeline/main.js [PATTERN]
 */
import { readFile } from 'node:fs/promises';
import { createRunner } from 'forkchart';
import { nodes } from './nodes.js';

const [pattern = 'src/machines/*.ts'] = process.argv.slice(2);
const runner = createRunner({ nodes, root: process.cwd() });
const workflow = runner.load(await readFile(new URL('./workflow.json', import.meta.url), 'utf8'));
const stages = ['read', 'compress', 'hash'];

const run = runner.start(workflow, { pattern });
run.on((event) => {
  if (event.type !== 'item.started') return;
  const column = stages.indexOf(event.node);
  console.log(`${'            '.repeat(column)}${event.node} ${event.index}`);
});
const { status, error, outputs } = await run.result;
await runner.close();

if (status === 'succeeded') {
  console.log('');
  for (const { path, bytes, packed, sha256 } of outputs.files) {
    console.log(
      `${sha256.slice(0, 12)}  ${String(bytes).padStart(7)} -> ${String(packed).padStart(6)}  ${path}`,
    );
  }
  console.log(`${outputs.bytes} bytes in ${outputs.files.length} files`);
} else {
  console.error(`${error.node}: ${error.message}`);
  process.exitCode = 1;
}
