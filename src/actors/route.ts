import { ForkchartError } from '../ir/errors.js';

/** In the global registry, so that a result made by another copy of forkchart is recognised. */
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
 * @param output the node's output, `null` by default
 * @throws ForkchartError FC9002 for an action that is not a text
 *
 * @example
 * run: ({ score }) => (score < 0.8 ? route('retry', { score }) : { score })
 */
export function route(action: string, output: unknown = null): Routed {
  if (typeof action !== 'string') {
    throw new ForkchartError('FC9002', `An action is a text, and this is a ${typeof action}.`, {
      hint: "Write `route('action', output)`, with the action that an edge carries.",
    });
  }
  return { [ROUTED]: true, action, output };
}

/** Splits what a node function returned into its action and its output. */
export function readRouted(returned: unknown): { readonly action: string; readonly output: unknown } {
  return isRouted(returned)
    ? { action: returned.action, output: returned.output }
    : { action: 'default', output: returned };
}

function isRouted(returned: unknown): returned is Routed {
  return typeof returned === 'object' && returned !== null && Object.hasOwn(returned, ROUTED);
}
