/** `1 node`, `2 nodes`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

/** The first `most` of some names, and how many more there are. */
export function listed(names: readonly string[], separator = ', ', most = 8): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(separator)} and ${more} more` : names.join(separator);
}
