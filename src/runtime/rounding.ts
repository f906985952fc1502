/** To a thousandth: what of a time in milliseconds is below that is noise. */
export const toThousandth = (ms: number): number => Math.round(ms * 1000) / 1000;
