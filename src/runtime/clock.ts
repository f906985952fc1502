/** Where time comes from: the shape that XState asks for, and `now`. */
export interface Clock {
  /** Milliseconds since some fixed instant; for the system clock, since 1970. */
  now(): number;
  setTimeout(fn: (...args: unknown[]) => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}
