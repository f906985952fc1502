/**
 * How many random cases a property test tries, and from which seed: the same ones each time, unless the environment says
 * otherwise. `FORKCHART_PROPERTY_RUNS` is how many workflows are compared in all, 10,000 if not set; it scales the other
 * property tests alike. `FORKCHART_PROPERTY_SEED` sets the seed.
 */
export function settings(usualRuns: number): { numRuns: number; seed: number } {
  const share = Number(process.env.FORKCHART_PROPERTY_RUNS ?? 10_000) / 10_000;
  return {
    numRuns: Math.max(1, Math.round(usualRuns * share)),
    seed: Number(process.env.FORKCHART_PROPERTY_SEED ?? 20_261_121),
  };
}
