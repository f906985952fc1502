import { type AnyStateMachine, StateMachine } from 'xstate';
import { createFastMachine } from '../../../src/machines/stepper/fast-machine.js';
import type { WakeList } from '../../../src/machines/stepper/step-table.js';

export function fastTwin(machine: AnyStateMachine, wakes: WakeList | null): AnyStateMachine {
  const { actors, ...others } = machine.implementations;
  const twins = Object.entries(actors).map(([name, logic]) => [
    name,
    logic instanceof StateMachine && name.startsWith('forkchart.iteration')
      ? fastTwin(logic as AnyStateMachine, wakes)
      : logic,
  ]);
  return createFastMachine(machine.config, { ...others, actors: Object.fromEntries(twins) }, wakes);
}
