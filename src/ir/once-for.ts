/**
 * A function whose result for an object is made once, and kept as long as the object is: for what follows from a thing that never changes.
 *
 * @example
 * const sizeOf = onceFor((workflow: Workflow) => workflow.nodes.length);
 */
export function onceFor<Thing extends object, Result>(
  make: (thing: Thing) => Result,
): (thing: Thing) => Result {
  const known = new WeakMap<Thing, { readonly result: Result }>();
  return (thing) => {
    let kept = known.get(thing);
    if (kept === undefined) {
      kept = { result: make(thing) };
      known.set(thing, kept);
    }
    return kept.result;
  };
}
