/** What becomes of output when nobody reads it any more (`forkchart … | head -1`): nothing, without a word. Other errors are thrown. */
export function ignoreClosedPipes(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Resolves when everything that was written to `stream` has left the process, or never can. */
export function flush(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Aborts `controller` once the reader of `stream` has gone away. */
export function abortWhenClosed(stream: NodeJS.WritableStream, controller: AbortController): () => void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') controller.abort(new Error('nobody reads the output any more'));
  };
  stream.on('error', onError);
  return () => stream.off('error', onError);
}
