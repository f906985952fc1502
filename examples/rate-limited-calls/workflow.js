const LATITUDES = {
  bergen: 60.4,
  berlin: 52.5,
  bogota: 4.7,
  cairo: 30.0,
  chicago: 41.9,
  dakar: 14.7,
  hanoi: 21.0,
  lima: -12.0,
  madrid: 40.4,
  nairobi: -1.3,
  oslo: 59.9,
  perth: -32.0,
  quito: -0.2,
  reykjavik: 64.1,
  santiago: -33.4,
  seoul: 37.6,
  sydney: -33.9,
  tromso: 69.6,
  tunis: 36.8,
  ushuaia: -54.8,
};

/**
 * A node for each city, all of which could start at once.
 *
 * @param {{ limit: number, per_ms: number } | null} rate how many may ask the service in which time; `null`: as many as like to
 */
export const daysInJune = (rate) => ({
  ir_version: '0.2.0',
  id: 'days-in-june',
  inputs: { url: { type: 'string', description: 'Where the service is.' } },
  ...(rate === null ? {} : { resources: { service: { rate } } }),
  nodes: Object.entries(LATITUDES).map(([city, latitude]) => ({
    id: city,
    type: 'day-length',
    params: { url: '${url}', latitude },
    ...(rate === null ? {} : { uses: ['service'] }),
    retry: { max_attempts: 12, initial_ms: 100, backoff: 2, max_delay_ms: 2000, jitter: 'full' },
  })),
});
