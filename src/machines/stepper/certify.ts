import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { builtinAction, isBuiltinGuard } from './xstate-internals.js';

/** Whether a machine is one that the fast stepper steps exactly as XState does, or else why it is not. */
export type Certificate = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const ACTIONS: ReadonlySet<string> = new Set([
  'xstate.assign',
  'xstate.raise',
  'xstate.sendTo',
  'xstate.cancel',
  'xstate.emit',
  'xstate.log',
]);

/**
 * Looks at all that a machine is made of. The subset: compound and parallel states at any depth; each transition without a
 * target, or from a state to another one beside it; `always` on atomic states; one invoked actor for each state, by name;
 * no history, wildcards, re-entry, built-in guards, or actors other than invoked ones.
 *
 * @example
 * certify(createMachine({ initial: 'a', states: { a: { on: { '*': 'b' } }, b: {} } })).ok; // false
 */
export function certify(machine: AnyStateMachine): Certificate {
  const ids = new Set<string>();
  const reason =
    (machine.config.options === undefined ? null : 'The machine has options.') ??
    wrongRoot(machine.root) ??
    wrongIn(machine.root, (node) => wrongState(node, ids)) ??
    wrongImplementations(machine.implementations);
  return reason === null ? { ok: true } : { ok: false, reason };
}

/** What of the implementations the stepper cannot do: they may be replaced after the states were certified. */
export function wrongImplementations({ guards, actions }: AnyStateMachine['implementations']): string | null {
  for (const [name, guard] of Object.entries(guards ?? {})) {
    const wrong = wrongGuard(guard);
    if (wrong !== null) return `Guard \`${name}\` ${wrong}.`;
  }
  for (const [name, action] of Object.entries(actions ?? {})) {
    const wrong = wrongAction(action);
    if (wrong !== null) return `Action \`${name}\` ${wrong}.`;
  }
  return null;
}

function wrongRoot(root: AnyStateNode): string | null {
  if (root.type !== 'compound' && root.type !== 'parallel') return 'The machine has no states.';
  return root.invoke.length > 0 ? 'The machine invokes an actor itself.' : null;
}

function wrongIn(node: AnyStateNode, wrong: (node: AnyStateNode) => string | null): string | null {
  const found = wrong(node);
  if (found !== null) return `State \`${node.id}\` ${found}.`;
  for (const child of Object.values(node.states)) {
    const inside = wrongIn(child, wrong);
    if (inside !== null) return inside;
  }
  return null;
}

function wrongState(node: AnyStateNode, ids: Set<string>): string | null {
  if (node.type === 'history') return 'is a history state';
  if (typeof node.config.initial === 'object') return 'has actions on its initial transition';
  if (node.type === 'final') {
    if (node.parent?.type === 'parallel') return 'is final in a parallel state';
    if (node.transitions.size > 0 || node.always !== undefined) return 'is final and can be left';
  }
  if (node.always !== undefined && node.type !== 'atomic') return 'has `always` and states inside of it';
  return (
    wrongInvoke(node, ids) ??
    first([...node.entry, ...node.exit], wrongAction) ??
    first(node.transitions.keys(), wrongDescriptor) ??
    first([...node.transitions.values()].flat(), wrongTransition) ??
    first(node.always ?? [], (always) =>
      always.target === undefined ? 'has an `always` without a target' : wrongTransition(always),
    )
  );
}

function wrongInvoke(node: AnyStateNode, ids: Set<string>): string | null {
  const [invoke, ...others] = node.invoke;
  if (invoke === undefined) return null;
  if (others.length > 0) return 'invokes several actors';
  if (node.parent?.type !== 'compound') return 'invokes an actor as a region';
  const [{ src } = { src: undefined }] = [node.config.invoke ?? []].flat();
  if (typeof src !== 'string') {
    return 'invokes an actor that has no name';
  }
  if (ids.has(invoke.id)) return `invokes an actor with the id of another, \`${invoke.id}\``;
  ids.add(invoke.id);
  return null;
}

const wrongDescriptor = (descriptor: string): string | null =>
  descriptor === '*' || descriptor.endsWith('.*') ? 'has a transition for any event' : null;

function wrongTransition(transition: AnyTransitionDefinition): string | null {
  const { source, target, reenter, guard, actions } = transition;
  if (reenter) return 'has a transition that re-enters';
  const wrong = wrongGuard(guard);
  if (wrong !== null) return `has a guard that ${wrong}`;
  const [state, ...others] = target ?? [];
  if (state !== undefined) {
    if (others.length > 0) return 'has a transition to several states';
    const isBeside = state.parent === source.parent && source.parent?.type === 'compound';
    if (!isBeside || state === source) return 'has a transition to a state that is not beside it';
  }
  return first(actions, wrongAction);
}

function wrongGuard(guard: unknown): string | null {
  if (isBuiltinGuard(guard)) return 'is made of other guards';
  if (typeof guard === 'object' && guard !== null && typeof (guard as { type?: unknown }).type !== 'string') {
    return 'has no name';
  }
  return null;
}

function wrongAction(action: unknown): string | null {
  const builtin = builtinAction(action);
  if (builtin === null) return null;
  if (!ACTIONS.has(builtin.type)) return `has the action \`${builtin.type}\``;
  return builtin.type === 'xstate.assign' && typeof builtin.assignment !== 'function'
    ? 'assigns each key by itself'
    : null;
}

function first<T>(things: Iterable<T>, wrong: (thing: T) => string | null): string | null {
  for (const thing of things) {
    const found = wrong(thing);
    if (found !== null) return found;
  }
  return null;
}
