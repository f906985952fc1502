import { createServer } from 'node:http';

/**
 * A service on this machine that refuses who asks too often: of the requests that come within any `perMs` milliseconds it answers
 * `limit`, the others with 429 and a `Retry-After`. It tells how long a day in June is at a latitude.
 *
 * @param {{ limit: number, perMs: number, now?: () => number }} options `now` in milliseconds, by default the machine's clock
 * @returns {Promise<{ url: string, refused: () => number, close: () => Promise<void> }>}
 */
export async function startService({ limit, perMs, now = () => performance.now() }) {
  /** When the requests came that were answered, as long as they count. @type {number[]} */
  let answered = [];
  let refused = 0;
  const server = createServer((request, response) => {
    const at = now();
    answered = answered.filter((time) => at - time < perMs);
    const [oldest] = answered;
    if (oldest !== undefined && answered.length >= limit) {
      refused += 1;
      response.writeHead(429, { 'Retry-After': Math.ceil((oldest + perMs - at) / 1000) }).end();
      return;
    }
    answered.push(at);
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ hours: hoursOfDay(Number(searchParams.get('latitude'))) }));
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The service has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    refused: () => refused,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** From sunrise to sunset at the June solstice. @param {number} latitude in degrees */
function hoursOfDay(latitude) {
  const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
  const cosine = -Math.tan(radians(latitude)) * Math.tan(radians(23.44));
  const hours = (24 / Math.PI) * Math.acos(Math.min(1, Math.max(-1, cosine)));
  return Math.round(hours * 10) / 10;
}
