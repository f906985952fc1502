import fc from 'fast-check';
import { type AnyStateMachine, assign, cancel, fromPromise, raise } from 'xstate';
import { createFastMachine } from '../../../src/machines/stepper/fast-machine.js';
import { optionally, rarely, SIMPLEST_FIRST } from '../arbitrary/choices.js';

/** Numbers in a draft are taken modulo what there is to choose from. */
interface TransitionDraft {
  readonly event: number;
  readonly target: number | null;
  readonly guard: number;
  readonly actions: readonly number[];
}

interface StateDraft {
  readonly kind: 'atomic' | 'final' | 'compound' | 'parallel';
  readonly on: readonly TransitionDraft[];
  readonly always: TransitionDraft | null;
  readonly done: TransitionDraft | null;
  readonly entry: readonly number[];
  readonly exit: readonly number[];
  readonly invokes: boolean;
  readonly children: readonly StateDraft[];
}

const GUARDS = [undefined, 'even', 'third', 'notThird'];
const EVENTS = ['a', 'b', 'c', 'raised', 'late'];
const QUIET = ['count', { type: 'note', params: { what: 1 } }, { type: 'note', params: { what: 2 } }];
/** Also raised by what is sent from outside, which is answered by quiet transitions alone: no chart goes on for ever. */
const LOUD = [
  ...QUIET,
  raise({ type: 'raised' }),
  raise({ type: 'late' }, { id: 'late', delay: 10 }),
  cancel('late'),
];

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

const transition: fc.Arbitrary<TransitionDraft> = fc.record({
  event: fc.nat(63),
  target: optionally(fc.nat(63), 1, 3),
  guard: fc.nat(63),
  actions: fc.array(fc.nat(63), { maxLength: 2 }),
});

const { machine } = fc.letrec<{ machine: StateDraft; state: StateDraft; leaf: StateDraft }>((tie) => {
  const actions = fc.array(fc.nat(63), { maxLength: 1 });
  const drafts = (kind: fc.Arbitrary<StateDraft['kind']>, children: fc.Arbitrary<StateDraft[]>) =>
    fc.record({
      kind,
      on: fc.array(transition, { maxLength: 3 }),
      always: optionally(transition, 1),
      done: optionally(transition, 1),
      entry: actions,
      exit: actions,
      invokes: rarely(2),
      children,
    });
  const several = fc.array(tie('state'), { minLength: 2, maxLength: 3 });
  return {
    leaf: drafts(fc.constantFrom('atomic' as const, 'atomic' as const, 'final' as const), fc.constant([])),
    state: fc.oneof(
      { maxDepth: 3, ...SIMPLEST_FIRST },
      { weight: 3, arbitrary: tie('leaf') },
      { weight: 2, arbitrary: drafts(fc.constantFrom('compound' as const, 'parallel' as const), several) },
    ),
    machine: drafts(
      fc.constantFrom('parallel' as const, 'compound' as const),
      fc.array(tie('state'), { minLength: 2, maxLength: 4 }),
    ),
  };
});

/** What is written of a state, as a child of another one; `null` for the machine itself. */
function written(draft: StateDraft, around: StateDraft | null, index: number, name: string): object {
  const isBesideOthers = around?.kind === 'compound';
  const last = (around?.children.length ?? 1) - 1;
  const kind = draft.kind === 'final' && !(isBesideOthers && index === last) ? 'atomic' : draft.kind;
  const quiet = (actions: readonly number[]) => actions.map((one) => pick(QUIET, one));
  const exit = quiet(draft.exit);
  if (kind === 'final') return { type: 'final', entry: quiet(draft.entry), exit };
  const answer = (
    { target, guard, actions }: TransitionDraft,
    possible: readonly number[],
    all: readonly unknown[],
  ) => ({
    ...(target === null || possible.length === 0 ? {} : { target: `s${pick(possible, target)}` }),
    ...(pick(GUARDS, guard) === undefined ? {} : { guard: pick(GUARDS, guard) }),
    actions: actions.map((one) => pick(all, one)),
  });
  const others = isBesideOthers ? around.children.map((_, i) => i).filter((i) => i !== index) : [];
  const later = others.filter((i) => i > index);
  const on: Record<string, object[]> = {};
  for (const one of draft.on) {
    const event = pick(EVENTS, one.event);
    on[event] = [...(on[event] ?? []), answer(one, others, EVENTS.indexOf(event) < 3 ? LOUD : QUIET)];
  }
  const { always, done } = draft;
  return {
    ...(kind === 'atomic' ? {} : { type: kind === 'parallel' ? 'parallel' : undefined }),
    ...(kind === 'compound' ? { initial: 's0' } : {}),
    entry: quiet(draft.entry),
    exit,
    on,
    ...(kind === 'atomic' && always !== null && later.length > 0
      ? {
          always: {
            target: `s${pick(later, always.event)}`,
            ...answer({ ...always, target: null }, [], QUIET),
          },
        }
      : {}),
    ...(kind === 'atomic' && draft.invokes && isBesideOthers
      ? { invoke: { id: name, src: 'work', onDone: { actions: 'count' }, onError: { actions: 'count' } } }
      : {}),
    ...(kind !== 'atomic' && done !== null ? { onDone: answer(done, later, QUIET) } : {}),
    ...(kind === 'atomic'
      ? {}
      : {
          states: Object.fromEntries(
            draft.children.map((child, i) => [`s${i}`, written(child, draft, i, `${name}.${i}`)]),
          ),
        }),
  };
}

interface Counted {
  readonly n: number;
}
const implementations = {
  guards: {
    even: ({ context: { n } }: { context: Counted }) => n % 2 === 0,
    third: ({ context: { n } }: { context: Counted }) => n % 3 === 0,
    notThird: ({ context: { n } }: { context: Counted }) => n % 3 !== 0,
  },
  actions: {
    count: assign(({ context }) => ({ n: (context as Counted).n + 1 })),
    note: () => {},
  },
  actors: { work: fromPromise(async () => null) },
};

/** Random charts, of all that the fast stepper steps. */
export const charts: fc.Arbitrary<AnyStateMachine> = machine.map((draft) =>
  createFastMachine({ id: 'chart', context: { n: 0 }, ...written(draft, null, 0, 'work') }, implementations),
);
