const ROUTED = Symbol.for('forkchart.routed');

/** A node function's result with the action that it ends with. Made by {@link route}. */
export interface Routed {
  readonly [ROUTED]: true;
  readonly action: string;
  readonly output: unknown;
}

/**
 * Ends a node with an action: the edges that carry it are taken, instead of those of `default`.
 *
 * @example
 * run: ({ score }) => (score < 0.8 ? route('retry', { score }) : { score })
 */
export function route(action: string, output: unknown = null): Routed {
  return { [ROUTED]: true, action, output };
}

/** Splits what a node function returned into its action and its output. */
export function readRouted(returned: unknown): { readonly action: string; readonly output: unknown } {
  return isRouted(returned) ? returned : { action: 'default', output: returned };
}

function isRouted(returned: unknown): returned is Routed {
  return typeof returned === 'object' && returned !== null && Object.hasOwn(returned, ROUTED);
}
