import type { AnyActorScope, AnyEventObject } from 'xstate';

/** What an action is given. */
export class ActionInfo {
  readonly self: AnyActorScope['self'];
  readonly system: AnyActorScope['system'];

  constructor(
    readonly context: unknown,
    readonly event: AnyEventObject,
    { self, system }: AnyActorScope,
  ) {
    this.self = self;
    this.system = system;
  }
}

/** What an `assign` is given. */
export class AssignmentInfo extends ActionInfo {
  readonly spawn = refuseToSpawn;
}

const refuseToSpawn = (): never => {
  throw new Error('`assign` cannot spawn actors here: invoke them.');
};
