const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

type Branch<T> = readonly (T | Branch<T>)[];

/**
 * A list of fixed length that is never changed in place: `set` gives a new one, which shares all but a path of
 * `log32(length)` small arrays with the old. The shape is that of Clojure's vectors.
 *
 * @example
 * const zeros = Vector.filled(1000, 0);
 * zeros.set(3, 1).get(3); // 1, and still 0 in `zeros`
 */
export class Vector<T> {
  private constructor(
    readonly length: number,
    private readonly root: Branch<T>,
    /** How far an index is shifted to find its place in the root. */
    private readonly shift: number,
  ) {}

  /** A vector that holds `value` everywhere; takes no time for its length. */
  static filled<T>(length: number, value: T): Vector<T> {
    let node: Branch<T> = new Array<T>(Math.min(length, WIDTH)).fill(value);
    let shift = 0;
    for (let capacity = WIDTH; capacity < length; capacity *= WIDTH) {
      node = new Array<Branch<T>>(WIDTH).fill(node);
      shift += BITS;
    }
    return new Vector(length, node, shift);
  }

  /** @throws RangeError for an index that is not in it */
  get(index: number): T {
    this.check(index);
    let node = this.root;
    for (let shift = this.shift; shift > 0; shift -= BITS) node = node[(index >>> shift) & MASK] as Branch<T>;
    return node[index & MASK] as T;
  }

  /** @throws RangeError for an index that is not in it */
  set(index: number, value: T): Vector<T> {
    this.check(index);
    return new Vector(this.length, replaced(this.root, this.shift, index, value), this.shift);
  }

  private check(index: number): void {
    if (!(index >= 0 && index < this.length)) {
      throw new RangeError(`There is no item ${index} in a vector of ${this.length}.`);
    }
  }
}

function replaced<T>(node: Branch<T>, shift: number, index: number, value: T): Branch<T> {
  const copy = node.slice();
  const place = (index >>> shift) & MASK;
  copy[place] = shift === 0 ? value : replaced(node[place] as Branch<T>, shift - BITS, index, value);
  return copy;
}
