import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url));

/** So that one which needs the square of the nodes ends by itself, and not the machine. */
const HEAP_MB = 4096;

/** As a service would run them, and without what some of them would otherwise send to their makers. */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  LANGSMITH_TRACING: 'false',
  MASTRA_TELEMETRY_DISABLED: '1',
};

/**
 * Measures one contestant at one case of a workload in a fresh process.
 *
 * @returns what was measured, `{ cutOff: true }` after `limitMs`, or `{ failure }` with what went wrong
 */
export function spawnMeasurement(request, limitMs) {
  return new Promise((resolve) => {
    const child = fork(CHILD, [], {
      // Code that is thrown away between two measurements of the heap would look like memory that came back.
      execArgv: ['--expose-gc', '--no-flush-bytecode', `--max-old-space-size=${HEAP_MB}`],
      env: { PATH: process.env.PATH, ...ENVIRONMENT },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let answer = null;
    let said = '';
    const timer = setTimeout(() => {
      answer = { cutOff: true };
      child.kill('SIGKILL');
    }, limitMs);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
    child.on('message', (message) => {
      answer ??= message;
    });
    child.on('error', (error) => {
      answer ??= { failure: error.message };
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(answer ?? { failure: causeOf(said, code, signal) });
    });
    child.send(request);
  });
}

/** Why a process ended without an answer. */
function causeOf(said, code, signal) {
  if (/heap out of memory/.test(said)) return `more than ${HEAP_MB / 1024} GiB of heap`;
  const error = said.split('\n').find((line) => /error/i.test(line));
  return error?.trim() ?? `ended with ${signal ?? `exit code ${code}`}`;
}
