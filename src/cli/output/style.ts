/** Puts colours on text, or leaves it as it is. */
export type Style = Readonly<
  Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>
>;

/** @param colors whether to colour at all; see {@link wantsColors}. */
export function createStyle(colors: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    colors && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** Whether to colour what goes to a stream: FORCE_COLOR and NO_COLOR decide, in this order as in Node.js itself, then whether it is a terminal. */
export function wantsColors(
  env: NodeJS.ProcessEnv,
  stream: { readonly isTTY?: boolean | undefined },
): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
