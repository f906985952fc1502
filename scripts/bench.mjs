// Measures forkchart beside others: `npm run bench -- --help`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CONTESTANTS } from '../bench/harness/catalog.mjs';
import { installPeers } from '../bench/harness/install.mjs';
import { runBenchmark } from '../bench/harness/main.mjs';
import { HELP, readOptions } from '../bench/harness/options.mjs';

const say = (line) => console.error(line);

/** @throws Error when the project cannot be built */
function build() {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const shell = process.platform === 'win32';
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd, stdio: 'inherit', shell });
  if (status !== 0) throw new Error('The project could not be built.');
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
  } else {
    if (options.build) build();
    const needsPeers = CONTESTANTS.some(({ name, peers }) => peers && options.contestants.includes(name));
    if (needsPeers) installPeers(say);
    console.log(await runBenchmark(options, say));
    if (options.out !== null) say(`Written to ${options.out}/benchmarks.md and benchmarks.svg.`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
