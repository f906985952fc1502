import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));
const LOCK = `${BENCH}/package-lock.json`;
/** A copy of the lock file that `node_modules` was made by. */
const INSTALLED = `${BENCH}/node_modules/.installed-lock.json`;

/**
 * Installs the peers, unless exactly these are installed. No script of any of them is run.
 *
 * @throws Error when npm could not
 */
export function installPeers(say) {
  if (read(INSTALLED) === read(LOCK)) return;
  say('Installing the peers into bench/node_modules (about 300 MB; a minute)…');
  // Some of them ask for a later Node.js than forkchart does; what they need of it here, Node.js 20 has. npm says so in 70 lines.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--progress'];
  const { status } = spawnSync('npm', args, {
    cwd: BENCH,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The peers could not be installed. `--only floor,forkchart` needs none.');
  copyFileSync(LOCK, INSTALLED);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
