/**
 * How many random cases a property test tries, and from which seed: the same ones each time, unless the environment says
 * otherwise. `FORKCHART_PROPERTY_RUNS` scales every property test to that share of its usual 10,000.
 */
export function settings(usualRuns: number): { numRuns: number; seed: number } {
  const share = Number(process.env.FORKCHART_PROPERTY_RUNS ?? 10_000) / 10_000;
  return {
    numRuns: Math.max(1, Math.round(usualRuns * share)),
    seed: Number(process.env.FORKCHART_PROPERTY_SEED ?? 20_261_121),
  };
}
