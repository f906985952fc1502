import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

/** What the figures depend on besides the code, in one line. Without a date: it would change the report and say nothing. */
export function describeMachine() {
  const processors = os.cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const gigabytes = Math.round(os.totalmem() / 2 ** 30);
  return `${processors.length} × ${model}, ${gigabytes} GiB, ${os.platform()} ${os.arch()}, Node.js ${process.version}`;
}

/** The version of a package that is installed in `bench/`, or of forkchart itself. */
export function versionOf(name) {
  const path = name === 'forkchart' ? '../../package.json' : `../node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')).version;
}
