import { EXIT } from './exit-code.js';

/**
 * Lets Ctrl-C (SIGINT) and SIGTERM cancel a run gracefully: nodes get their `AbortSignal`. A second one exits at once.
 *
 * @returns what to call when the run is over.
 */
export function abortOnInterrupt(controller: AbortController, note: (text: string) => void): () => void {
  let interrupted = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (interrupted) process.exit(EXIT.failed);
    interrupted = true;
    note(`\nforkchart: ${signal}, cancelling; once more to exit at once\n`);
    controller.abort(new Error(`interrupted by ${signal}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}
