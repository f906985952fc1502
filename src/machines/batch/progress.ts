/** Items between two notices where nobody knows how many there are. */
const EVERY = 1000;

/**
 * Whether `done` settled items are worth a notice: each of less than a hundred, else each whole percent; every thousandth
 * where `total` is not known.
 */
export function isProgressDue(done: number, total: number | null): boolean {
  if (total === null) return done % EVERY === 0;
  const percent = (count: number) => Math.floor((100 * count) / total);
  return percent(done) > percent(done - 1);
}
