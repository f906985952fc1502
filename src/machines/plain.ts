type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * A constructor of plain objects: what `new` makes has what `fill` puts there, and is else like what a literal makes. To be used for what
 * lives about as long as an attempt: V8 finds that what a literal makes lives for a while, takes it for long-lived, and then collects
 * all of it late.
 *
 * @param fill no arrow function, as it is given the object as `this`
 *
 * @example
 * const Point = plain<{ x: number; y: number }, [x: number, y: number]>(function (x, y) {
 *   this.x = x;
 *   this.y = y;
 * });
 * new Point(1, 2); // { x: 1, y: 2 }
 */
export function plain<T extends object, Args extends readonly unknown[]>(
  fill: (this: Writable<T>, ...args: Args) => void,
): new (
  ...args: Args
) => T {
  fill.prototype = Object.prototype;
  return fill as unknown as new (
    ...args: Args
  ) => T;
}
