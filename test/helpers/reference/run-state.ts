import type { Workflow, WorkflowEdge, WorkflowGroup, WorkflowNode } from '../../../src/ir/workflow.js';
import type { ReferenceRecord } from './record.js';
import { type Loop, loopAroundMember, structureOf } from './structure.js';

export type EdgeState =
  | { readonly kind: 'taken' | 'dead' | 'broken' }
  | { readonly kind: 'failed'; readonly node: string };

export interface NodeState {
  readonly node: WorkflowNode;
  phase: 'waiting' | 'queued' | 'running' | 'backoff' | 'settled';
  attempts: number;
  /** When its first attempt began, in ms; `null` before. */
  beganAt: number | null;
  record: ReferenceRecord | null;
  earlier: ReferenceRecord[];
  /** The edge of the `catch` rule that took its failure. */
  caughtBy: WorkflowEdge | null;
  /** The smallest loop inside of which its failure was handled, `null` for the top; `undefined` where it was not. */
  handledIn: Loop | null | undefined;
}

export interface LoopState {
  phase: 'waiting' | 'running' | 'ended';
  iteration: number;
}

export interface GroupState {
  readonly group: WorkflowGroup;
  /** All that is in one of its branches. */
  readonly nodes: ReadonlySet<string>;
  /** The smallest loop around it; `null` at the top. */
  readonly home: Loop | null;
  phase: 'open' | 'draining' | 'aborted';
  /** Members whose branch has failed. */
  readonly failed: Set<string>;
}

/** Everything that is known of a run, and nothing that decides: the rules are in the files beside this one. */
export class RunState {
  readonly loops: readonly Loop[];
  readonly loopOf: ReadonlyMap<string, Loop>;
  readonly forward: readonly WorkflowEdge[];
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly groups: readonly GroupState[];
  readonly edges = new Map<WorkflowEdge, EdgeState>();
  /** Nodes that wait for a place, those first that have waited longest. */
  queue: string[] = [];
  /** Nodes whose function is being called, in the order in which the calls began. */
  running: string[] = [];
  /** Nodes in the order in which they succeeded, once for each time. */
  readonly succeeded: string[] = [];
  /** The unhandled failures of the first instant that had any: which of them was first, nothing says. */
  failures: readonly { readonly code: string; readonly node: string }[] = [];
  /** Whether that instant is over. */
  hasFailedBefore = false;
  /** The unhandled failure that stops the run. */
  stoppedBy: string | null = null;
  cancelled = false;

  readonly #order: ReadonlyMap<string, number>;
  readonly #loopStates: ReadonlyMap<Loop, LoopState>;

  constructor(
    readonly workflow: Workflow,
    readonly now: () => number,
  ) {
    const { loops, loopOf } = structureOf(workflow);
    this.loops = loops;
    this.loopOf = loopOf;
    this.forward = workflow.edges.filter((edge) => edge.closes === null);
    this.nodes = new Map(
      workflow.nodes.map((node): [string, NodeState] => [
        node.id,
        {
          node,
          phase: 'waiting',
          attempts: 0,
          beganAt: null,
          record: null,
          earlier: [],
          caughtBy: null,
          handledIn: undefined,
        },
      ]),
    );
    this.groups = workflow.groups.map((group) => ({
      group,
      nodes: new Set(group.branches.flatMap((branch) => branch.nodes)),
      home: loopAroundMember(group.branches[0]?.member, loopOf),
      phase: 'open',
      failed: new Set<string>(),
    }));
    this.#order = new Map(workflow.nodes.map((node, index) => [node.id, index]));
    this.#loopStates = new Map(loops.map((loop) => [loop, { phase: 'waiting', iteration: 0 }]));
  }

  node(id: string): NodeState {
    return found(this.nodes.get(id), `node ${JSON.stringify(id)}`);
  }

  loop(loop: Loop): LoopState {
    return found(this.#loopStates.get(loop), `loop at ${loop.header}`);
  }

  /** The groups around a node, innermost first. */
  groupsAround(id: string): GroupState[] {
    return this.groups.filter(({ nodes }) => nodes.has(id)).sort((a, b) => a.nodes.size - b.nodes.size);
  }

  /** In order of declaration. */
  ordered(ids: Iterable<string> = this.nodes.keys()): string[] {
    const position = (id: string): number => found(this.#order.get(id), `node ${JSON.stringify(id)}`);
    return [...ids].sort((a, b) => position(a) - position(b));
  }

  unsettled(ids: Iterable<string> = this.nodes.keys()): string[] {
    return this.ordered(ids).filter((id) => this.node(id).phase !== 'settled');
  }
}

export function found<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`The reference has no ${what}.`);
  return value;
}
