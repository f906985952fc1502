/** An item that is there because the compiler put its index where it came from. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`The chart refers to item ${index} of ${list.length}.`);
  return item;
}
