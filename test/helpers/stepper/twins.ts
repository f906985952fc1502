import { type AnyStateMachine, StateMachine } from 'xstate';
import { isFast } from '../../../src/machines/stepper/fast-machine.js';

/** The same machine as XState itself would step it, and so the machines that it invokes. */
export function stockTwin(machine: AnyStateMachine): AnyStateMachine {
  const { actors, ...others } = machine.implementations;
  const twins = Object.entries(actors).map(([name, logic]) => [
    name,
    logic instanceof StateMachine ? stockTwin(logic as AnyStateMachine) : logic,
  ]);
  const twin = new StateMachine(machine.config, { ...others, actors: Object.fromEntries(twins) } as never);
  if (isFast(twin)) throw new Error('A twin that is stepped fast would be compared with itself.');
  return twin;
}
