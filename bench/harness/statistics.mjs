/** The middle value; of an even number, the lower of the two in the middle, so that it is one that was measured. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * The `b` of the `a * size ** b` that fits best: the slope of a straight line through the logarithms, by least squares.
 * 1 is linear, 2 quadratic. `null` for fewer than two points.
 *
 * @param {readonly { size: number, value: number }[]} points
 */
export function growthExponent(points) {
  if (points.length < 2) return null;
  const logs = points.map(({ size, value }) => ({ x: Math.log(size), y: Math.log(value) }));
  const meanX = mean(logs.map(({ x }) => x));
  const meanY = mean(logs.map(({ y }) => y));
  const covariance = mean(logs.map(({ x, y }) => (x - meanX) * (y - meanY)));
  return covariance / mean(logs.map(({ x }) => (x - meanX) ** 2));
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
