/** @typedef {{ month: string, region: string, amount: number }} Row */

/** What the workflow's `function` nodes call, by name. */
export const functions = {
  /** @param {{ rows: Row[], month: string }} args */
  since: ({ rows, month }) => rows.filter((row) => row.month >= month),

  /** @param {Row[]} rows */
  totals: (rows) => {
    const byRegion = sums(rows);
    const total = Object.values(byRegion).reduce((sum, amount) => sum + amount, 0);
    const [best] = Object.keys(byRegion).sort((a, b) => byRegion[b] - byRegion[a]);
    return { total, best, byRegion };
  },

  /** @param {Row[]} rows */
  bars: (rows) =>
    Object.entries(sums(rows))
      .map(([region, amount]) => `    ${region.padEnd(6)} ${'█'.repeat(amount / 10)} ${amount}`)
      .join('\n'),
};

/** @param {Row[]} rows @returns {Record<string, number>} */
function sums(rows) {
  /** @type {Record<string, number>} */
  const byRegion = {};
  for (const { region, amount } of rows) byRegion[region] = (byRegion[region] ?? 0) + amount;
  return byRegion;
}
