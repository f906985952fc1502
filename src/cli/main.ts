#!/usr/bin/env node
import { execute } from './execute.js';
import { flush, ignoreClosedPipes } from './streams.js';

const { stdin, stdout, stderr } = process;
ignoreClosedPipes([stdout, stderr]);
const code = await execute(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env: process.env,
  cwd: process.cwd(),
});
await Promise.all([flush(stdout), flush(stderr)]);
// Not left to the event loop: a node function that ignores its signal may still hold a timer or a socket.
process.exit(code);
