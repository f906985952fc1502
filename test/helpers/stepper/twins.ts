import { type AnyStateMachine, StateMachine } from 'xstate';

/** The same machine as XState itself would step it, and so the machines that it invokes. */
export function stockTwin(machine: AnyStateMachine): AnyStateMachine {
  const { actors, ...others } = machine.implementations;
  const twins = Object.entries(actors).map(([name, logic]) => [
    name,
    logic instanceof StateMachine ? stockTwin(logic as AnyStateMachine) : logic,
  ]);
  return new StateMachine(machine.config, { ...others, actors: Object.fromEntries(twins) } as never);
}
