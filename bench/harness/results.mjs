import { growthExponent, median } from './statistics.mjs';

/**
 * One figure of the report: a number, or why there is none.
 *
 * @typedef {{ value: number, spread: number } | { cutOff: true } | { failure: string }} Figure
 */

const CUT_OFF = { cutOff: true };

/** Medians over the rounds of what {@link measureAll} gave back, and what follows from them. */
export function summarize({ contestants, clock }, cases, outcomeOf) {
  const figure = (contestant, workload, caseId, pick) => {
    const { samples, cutOff, failure } = outcomeOf(contestant, workload, caseId);
    if (failure !== null) return { failure };
    return cutOff ? CUT_OFF : middle(samples.map(pick));
  };
  const rows = cases
    .filter(({ isTimed }) => isTimed)
    .map(({ name, workload, how }) => {
      // Where nodes wait, the processor's time says nothing of how long it takes.
      const pick = ({ run }) => run[workload.clock ?? clock];
      const figures = contestants.map((contestant) => figure(contestant, name, how.id, pick));
      return { workload: name, title: `${workload.title}: ${how.id}`, size: how.size, figures };
    });
  const costs = contestants.map((contestant, index) => ({
    growth: growthOf(rows, index),
    ...Object.fromEntries(
      cases
        .filter(({ isTimed }) => !isTimed)
        .flatMap(({ name, workload, how }) =>
          workload.measures.map((one) => [one, figure(contestant, name, how.id, (sample) => sample[one])]),
        ),
    ),
    prepare: prepareOf(contestant, cases, figure),
  }));
  return { rows, costs, quality: qualityOf(rows, contestants, cases, outcomeOf) };
}

function middle(values) {
  const value = median(values);
  return { value, spread: (Math.max(...values) - Math.min(...values)) / value };
}

/** How the time of a whole fan-out grows with its width, over the widths that there are figures for. */
function growthOf(rows, index) {
  const measured = rows.filter(
    ({ workload, figures }) => workload === 'fan-out' && figures[index].value !== undefined,
  );
  const points = measured.map(({ size, figures }) => ({ size, value: figures[index].value * (size + 2) }));
  return { exponent: growthExponent(points), upTo: measured.at(-1)?.size ?? 0 };
}

/** What is done once for all runs of a graph, at the widest fan-out that there is a figure for: microseconds of wall time per node. */
function prepareOf(contestant, cases, figure) {
  return cases
    .filter(({ name }) => name === 'fan-out')
    .map(({ name, how }) => figure(contestant, name, how.id, ({ prepare }) => prepare.wall))
    .filter(({ value }) => value !== undefined)
    .at(-1);
}

/** How far the figures can be relied on: how much the rounds differ, and in which share of measurements others had the processor. */
function qualityOf(rows, contestants, cases, outcomeOf) {
  const spreads = rows.flatMap(({ figures }) => figures.map(({ spread }) => spread ?? 0));
  // A process whose nodes do nothing never waits but for a processor.
  const samples = cases
    .filter(({ isTimed, workload }) => isTimed && workload.clock === undefined)
    .flatMap(({ name, how }) => contestants.flatMap((one) => outcomeOf(one, name, how.id).samples));
  const waited = samples.filter(({ run }) => run.wall > run.cpu * 1.25);
  return {
    spread: spreads.length === 0 ? 0 : median(spreads),
    busy: samples.length === 0 ? 0 : waited.length / samples.length,
  };
}
