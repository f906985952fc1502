/** Short ways to write nodes and edges of the core form. */
export const sleep = (id: string, ms: number, more: object = {}) => ({
  id,
  type: 'sleep',
  params: { ms, value: id },
  ...more,
});
export const echo = (id: string, value: unknown = id, more: object = {}) => ({
  id,
  type: 'echo',
  params: { value },
  ...more,
});
export const edges = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [from, to] = pair.split('>');
    return { from, to };
  });
