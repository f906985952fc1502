import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

// A repository's own configuration may name programs for git to run, and places to fetch what is not there. Nobody asked
// for either here.
const NO_FOREIGN_PROGRAMS = ['-c', 'core.fsmonitor=false', '-c', 'log.showSignature=false'];
const NO_NETWORK = { GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' };

/**
 * Runs git in a directory, without a shell.
 *
 * @param {string} directory
 * @param {readonly string[]} args
 * @param {AbortSignal} signal ends it
 * @returns {Promise<{ ok: true, output: string } | { ok: false, reason: string }>} `reason` is git's own first line
 * @throws the signal's reason, and whatever is not git's own refusal
 */
export async function git(directory, args, signal) {
  try {
    const { stdout } = await run('git', [...NO_FOREIGN_PROGRAMS, ...args], {
      cwd: directory,
      env: { ...process.env, ...NO_NETWORK, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
      maxBuffer: 64 * 1024 * 1024,
      signal,
    });
    return { ok: true, output: stdout };
  } catch (error) {
    signal.throwIfAborted();
    const { code, stderr } = /** @type {{ code?: unknown, stderr?: string }} */ (error);
    if (code === 'ENOENT') return { ok: false, reason: 'git is not installed' };
    if (typeof code !== 'number') throw error;
    return { ok: false, reason: stderr?.split('\n', 1)[0] || `git ended with code ${code}` };
  }
}
