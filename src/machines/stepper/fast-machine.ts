import type {
  AnyActorScope,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyTransitionDefinition,
  Snapshot,
} from 'xstate';
import { certify, wrongImplementations } from './certify.js';
import { Configuration } from './configuration.js';
import { resolveActions, type SteppedMachine } from './execute.js';
import { LateTree, plant, StockMachine, withoutStates } from './late-tree.js';
import { makeTable } from './make-table.js';
import { enabledBy, Occasion } from './select.js';
import { asMachineSnapshot, FastSnapshot, spreadable, stockSnapshot } from './snapshot.js';
import type { StepTable, WakeList } from './step-table.js';
import { Stepper } from './stepper.js';
import {
  activeNodes,
  INIT,
  replaceSnapshot,
  STOP,
  unburden,
  withImplementations,
} from './xstate-internals.js';

type Implementations = AnyStateMachine['implementations'];

/**
 * A machine that takes its steps in time proportional to the states that take part in them, where XState's own looks at all
 * that are active. It does the same in the same order; a machine that is not certified is stepped by XState.
 */
// Private names (`#name`) would not be there in a copy with other implementations.
class FastMachine extends StockMachine {
  /** `null` where XState steps. */
  readonly table: StepTable | null;
  readonly resolvedActions: SteppedMachine['resolvedActions'];
  readonly tree: LateTree;

  constructor(config: object, implementations: object, wakes: WakeList | null) {
    super(withoutStates(config), implementations);
    Object.assign(this, { config });
    this.resolvedActions = resolveActions(this.implementations);
    this.tree = new LateTree(config, this.implementations);
    plant(this, this.tree);
    this.table = certify(this).ok ? makeTable(config, wakes, this.tree) : null;
    if (this.table === null) this.tree.grow();
  }

  override provide(given: Partial<Implementations>): AnyStateMachine {
    const { actions, guards, actors, delays } = this.implementations;
    const implementations = {
      actions: { ...actions, ...given.actions },
      guards: { ...guards, ...given.guards },
      actors: { ...actors, ...given.actors },
      delays: { ...delays, ...given.delays },
    };
    if (wrongImplementations(implementations) !== null) return super.provide(given as never);
    const resolvedActions = resolveActions(implementations);
    const machine = withImplementations<SteppedMachine>(this, { implementations, resolvedActions });
    plant(machine, this.tree);
    return machine;
  }

  override getInitialSnapshot(scope: AnyActorScope, input?: unknown): AnyMachineSnapshot {
    if (this.table === null) return super.getInitialSnapshot(scope, input);
    unburden(scope);
    const event = { type: INIT, input };
    const { context } = this.config as { context?: unknown };
    let before = this.startingFrom(this.table, typeof context === 'object' ? context : {});
    try {
      if (typeof context === 'function') {
        const made = context({ spawn: refuseToSpawn, input, self: scope.self });
        before = this.startingFrom(this.table, Object.assign({}, made));
      }
      const stepper = new Stepper(before, Configuration.empty(this.table), scope);
      return asMachineSnapshot(spreadable(stepper.begin(event)));
    } catch (error) {
      const { context } = before;
      const configuration = Configuration.empty(this.table);
      return asMachineSnapshot(
        spreadable(new FastSnapshot(this, configuration, context, 'error', undefined, error)),
      );
    }
  }

  override transition(
    snapshot: AnyMachineSnapshot,
    event: AnyEventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot {
    const stepper = this.stepperFor(snapshot, scope);
    if (stepper === null) return super.transition(snapshot, event, scope);
    try {
      return asMachineSnapshot(event.type === STOP ? stepper.stop(event) : stepper.take(event));
    } catch (error) {
      const fast = snapshot as unknown as FastSnapshot;
      if (fast instanceof FastSnapshot) replaceSnapshot(scope, fast, stockSnapshot(fast));
      throw error;
    }
  }

  override microstep(
    snapshot: AnyMachineSnapshot,
    event: AnyEventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot[] {
    const trace: FastSnapshot[] = [];
    const stepper = this.stepperFor(snapshot, scope, trace);
    if (stepper === null) return super.microstep(snapshot, event, scope);
    if (event.type === STOP) stepper.stop(event);
    else stepper.take(event);
    return trace.map(asMachineSnapshot);
  }

  override getTransitionData(snapshot: AnyMachineSnapshot, event: AnyEventObject): AnyTransitionDefinition[] {
    const configuration = FastSnapshot.configurationOf(snapshot);
    if (configuration === null) return super.getTransitionData(snapshot, event);
    const { table, active } = configuration;
    const { machine, context } = snapshot as unknown as FastSnapshot;
    const first = table.handlers.get(event.type);
    if (first === undefined) return [];
    const enabled = enabledBy(first, new Occasion(context, event, machine, active));
    return enabled.map(({ definition }) => definition());
  }

  override getPersistedSnapshot(snapshot: AnyMachineSnapshot, options?: unknown): Snapshot<unknown> {
    const fast = snapshot as unknown as FastSnapshot;
    return super.getPersistedSnapshot(fast instanceof FastSnapshot ? persistable(fast) : snapshot, options);
  }

  override restoreSnapshot(persisted: Snapshot<unknown>, scope: AnyActorScope): AnyMachineSnapshot {
    const restored = super.restoreSnapshot(persisted, scope);
    if (this.table === null) return restored;
    unburden(scope);
    return asMachineSnapshot(spreadable(this.adopted(this.table, restored)));
  }

  /** `null` where XState steps. As with XState's, a snapshot is stepped by the machine that has made it. */
  private stepperFor(
    snapshot: AnyMachineSnapshot,
    scope: AnyActorScope,
    trace: FastSnapshot[] | null = null,
  ): Stepper | null {
    const configuration = FastSnapshot.configurationOf(snapshot);
    if (configuration !== null) {
      return new Stepper(snapshot as unknown as FastSnapshot, configuration, scope, trace);
    }
    if (this.table === null) return null;
    const adopted = this.adopted(this.table, snapshot);
    return new Stepper(adopted, FastSnapshot.configurationOf(adopted) as Configuration, scope, trace);
  }

  private adopted(table: StepTable, snapshot: AnyMachineSnapshot): FastSnapshot {
    const { context, status, output, error, children } = snapshot;
    const configuration = Configuration.of(table, activeNodes(snapshot), children);
    return new FastSnapshot(this, configuration, context, status, output, error);
  }

  private startingFrom(table: StepTable, context: unknown): FastSnapshot {
    return new FastSnapshot(this, Configuration.empty(table), context, 'active', undefined, undefined);
  }
}

/** What of a snapshot is persisted, in XState's order: without the state nodes, which would be made for it. */
function persistable(snapshot: FastSnapshot): AnyMachineSnapshot {
  const { status, output, error, context, value, children, historyValue } = snapshot;
  return { status, output, error, context, value, children, historyValue } as unknown as AnyMachineSnapshot;
}

const refuseToSpawn = (): never => {
  throw new Error('The context cannot spawn actors here: invoke them.');
};

/**
 * As XState's `createMachine`, but stepped fast where that is certified to do the same.
 *
 * @param wakes what each action wakes; left out, the `always` of all active states are looked at in each step
 */
export function createFastMachine(
  config: object,
  implementations: object = {},
  wakes: WakeList | null = null,
): AnyStateMachine {
  return new FastMachine(config, implementations, wakes);
}

/** Whether a machine is stepped fast. */
export const isFast = (machine: AnyStateMachine): boolean =>
  machine instanceof FastMachine && machine.table !== null;
