/** Up to here the engine's own search cannot be much slower than the length of the text. */
const SHORT = 32;

/**
 * `text.includes(wanted)`, in time linear in their lengths whatever they hold (Knuth, Morris and Pratt). The engine's own
 * search takes the product of the lengths in the worst case: 15 s for half a megabyte.
 */
export function includesText(text: string, wanted: string): boolean {
  if (wanted.length <= SHORT) return text.includes(wanted);
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === code) matched++;
    if (matched === wanted.length) return true;
  }
  return false;
}

/** For each prefix, how long its longest proper prefix is that is also its suffix: where to go on after a mismatch. */
function bordersOf(wanted: string): Uint32Array {
  const borders = new Uint32Array(wanted.length);
  let border = 0;
  for (let at = 1; at < wanted.length; at++) {
    const code = wanted.charCodeAt(at);
    while (border > 0 && wanted.charCodeAt(border) !== code) border = borders[border - 1] ?? 0;
    if (wanted.charCodeAt(border) === code) border++;
    borders[at] = border;
  }
  return borders;
}
