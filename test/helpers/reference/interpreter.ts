import { type Condition, decideCondition } from '../../../src/ir/template/condition.js';
import type { DataScope } from '../../../src/ir/template/data-scope.js';
import type { Workflow, WorkflowEdge, WorkflowNode } from '../../../src/ir/workflow.js';
import type { Outcome, ReferenceReason, ReferenceRecord, ReferenceResult } from './record.js';
import { type Loop, loopLeftBy, structureOf } from './structure.js';

type EdgeState =
  | { readonly kind: 'taken' | 'dead' | 'broken' }
  | { readonly kind: 'failed'; readonly node: string };

interface NodeState {
  readonly node: WorkflowNode;
  phase: 'waiting' | 'queued' | 'running' | 'backoff' | 'settled';
  attempts: number;
  record: ReferenceRecord | null;
  earlier: ReferenceRecord[];
}

interface LoopState {
  phase: 'waiting' | 'running' | 'ended';
  iteration: number;
}

/**
 * A workflow being executed by the letter of `docs/semantics.md`, one outcome at a time. It knows neither time nor node
 * functions: whoever drives it says which call returned what, and which backoff is over. It favours being obviously
 * right over being fast: after each step it looks at everything again.
 */
export interface Reference {
  /** Nodes whose function is being called now, in the order in which the calls began. */
  running(): string[];
  /** Nodes that wait for their next attempt, in order of declaration. */
  backoff(): string[];
  /** Milliseconds that a node in `backoff` waits. */
  backoffMs(id: string): number;
  /** Tells one attempt of a node from any other: how often it has run to the end before, and the attempt's number. */
  execution(id: string): readonly [number, number];
  settle(id: string, outcome: Outcome): void;
  expireBackoff(id: string): void;
  cancel(): void;
  done(): boolean;
  /** The unhandled failures of the first instant that had any: each of them may be the run's error. */
  firstFailures(): readonly { readonly code: string; readonly node: string }[];
  /** With the first of `firstFailures` as its error. @throws Error when the run is not over. */
  result(): ReferenceResult;
}

export function createReference(workflow: Workflow): Reference {
  const { loops, loopOf } = structureOf(workflow);
  const order = new Map(workflow.nodes.map((node, index) => [node.id, index]));
  const nodes = new Map<string, NodeState>();
  for (const node of workflow.nodes) {
    nodes.set(node.id, { node, phase: 'waiting', attempts: 0, record: null, earlier: [] });
  }
  const forward = workflow.edges.filter((edge) => edge.closes === null);
  const edges = new Map<WorkflowEdge, EdgeState>();
  const loopStates = new Map<Loop, LoopState>(
    loops.map((loop) => [loop, { phase: 'waiting', iteration: 0 }]),
  );
  let queue: string[] = [];
  let running: string[] = [];
  /** The unhandled failures of the first instant that had any: which of them was first, nothing says. */
  let failures: readonly { code: string; node: string }[] = [];
  let hasFailedBefore = false;
  let cancelled = false;

  // --- Edges -----------------------------------------------------------------------------------------------------

  const decide = (condition: Condition | null): EdgeState => {
    if (condition === null) return { kind: 'taken' };
    try {
      return { kind: decideCondition(condition, scope) ? 'taken' : 'dead' };
    } catch {
      return { kind: 'broken' };
    }
  };

  const edgeAfter = (edge: WorkflowEdge, record: ReferenceRecord): EdgeState => {
    if (record.reason?.kind === 'upstream_failed') return { kind: 'failed', node: record.reason.node };
    if (record.status === 'skipped') return { kind: 'dead' };
    if (record.action === null) return { kind: 'failed', node: edge.from };
    return fits(edge, record) && !isUsedUp(edge) ? decide(edge.when) : { kind: 'dead' };
  };

  const fits = (edge: WorkflowEdge, record: ReferenceRecord): boolean => {
    if (edge.action !== null) return edge.action === record.action;
    return record.status === 'succeeded' || state(edge.from).node.onError === 'continue';
  };

  const isUsedUp = (edge: WorkflowEdge): boolean => {
    if (edge.maxIterations === null || edge.closes === null) return false;
    const loop = loops.find((candidate) => candidate.header === edge.to);
    return loop !== undefined && loopState(loop).iteration >= edge.maxIterations;
  };

  // --- Settling --------------------------------------------------------------------------------------------------

  type Ending = Partial<ReferenceRecord> & Pick<ReferenceRecord, 'status'>;

  const settleAs = (id: string, ending: Ending): void => {
    const record = write(id, ending);
    for (const edge of forward) {
      if (edge.from === id && loopLeftBy(edge, loopOf) === null) edges.set(edge, edgeAfter(edge, record));
    }
  };

  const write = (id: string, ending: Ending): ReferenceRecord => {
    const it = state(id);
    const loop = loopOf.get(id);
    it.phase = 'settled';
    it.record = {
      attempts: it.attempts,
      output: null,
      errorCode: null,
      action: null,
      reason: null,
      iteration: (loop === undefined ? 0 : loopState(loop).iteration) || null,
      earlier: [],
      ...ending,
    };
    return it.record;
  };

  const skip = (id: string, reason: ReferenceReason): void => settleAs(id, { status: 'skipped', reason });

  /** Asks for another iteration, and does not merely count them. */
  const isWish = (edge: WorkflowEdge): boolean => edge.action !== 'default' || edge.when !== null;

  const succeed = (id: string, output: ReferenceRecord['output'], action: string): void => {
    const record = write(id, { status: 'succeeded', output, action });
    const leaving = workflow.edges.filter((edge) => edge.from === id && fits(edge, record));
    const wanted = leaving.filter((edge) => decide(edge.when).kind !== 'dead');
    if (leaving.some((edge) => edge.closes !== null && decide(edge.when).kind === 'broken')) {
      fail(id, 'failed', 'FC5003');
    } else if (wanted.length > 0 && wanted.every((edge) => isUsedUp(edge) && isWish(edge))) {
      fail(id, 'failed', 'FC5004');
    } else {
      settleAs(id, record);
    }
  };

  const fail = (id: string, status: 'failed' | 'timed_out', errorCode: string): void => {
    const handlers = workflow.edges.filter(
      (edge) => edge.from === id && edge.action === 'error' && !isUsedUp(edge),
    );
    const action = state(id).node.onError === 'continue' ? 'default' : handlers.length > 0 ? 'error' : null;
    if (action === null && !hasFailedBefore) failures = [...failures, { code: errorCode, node: id }];
    settleAs(id, { status, errorCode, action });
  };

  // --- Waiting ---------------------------------------------------------------------------------------------------

  const leaveWaiting = (id: string): void => {
    const next = whatIsNext(id);
    if (next === 'queue') state(id).phase = 'queued';
    else if (next === 'fail') fail(id, 'failed', 'FC5003');
    else skip(id, next);
  };

  /** Whether an edge of the kind that decides is taken. */
  const isEntered = (into: readonly WorkflowEdge[]): boolean => {
    const written = into.filter((edge) => edge.origin === 'edge');
    const deciding = written.length > 0 ? written : into;
    return deciding.length === 0 || deciding.some((edge) => edges.get(edge)?.kind === 'taken');
  };

  /** Rules 1 to 5 for a node all of whose incoming edges are decided. */
  const whatIsNext = (id: string): 'fail' | 'queue' | ReferenceReason => {
    const into = forward.filter((edge) => edge.to === id);
    const incoming = into.map((edge) => edges.get(edge));
    if (!isReentered(id)) {
      if (incoming.some((edge) => edge?.kind === 'broken')) return 'fail';
      const failed = incoming.find((edge) => edge?.kind === 'failed');
      if (failed?.kind === 'failed') return { kind: 'upstream_failed', node: failed.node };
      if (!isEntered(into)) return { kind: 'not_taken' };
    }
    const own = decide(state(id).node.when).kind;
    if (own === 'dead') return { kind: 'when_false' };
    return own === 'broken' ? 'fail' : 'queue';
  };

  /** The header of a loop in its second or a later iteration: it is entered by the closing edge. */
  const isReentered = (id: string): boolean => {
    const loop = loopOf.get(id);
    return loop !== undefined && loop.header === id && loopState(loop).iteration > 1;
  };

  // --- Loops -----------------------------------------------------------------------------------------------------

  const into = (loop: Loop): WorkflowEdge[] =>
    forward.filter((edge) => loop.body.has(edge.to) && !loop.body.has(edge.from));

  const inner = (loop: Loop): Loop[] =>
    loops.filter((other) => other !== loop && loop.body.has(other.header));

  /** Rules 1 to 3 for a loop all of whose incoming edges are decided. */
  const enterLoop = (loop: Loop): void => {
    const incoming = into(loop);
    const broken = incoming.find((edge) => edges.get(edge)?.kind === 'broken');
    const failed = incoming.map((edge) => edges.get(edge)).find((edge) => edge?.kind === 'failed');
    let reason: ReferenceReason | null = null;
    if (broken !== undefined) reason = { kind: 'upstream_failed', node: broken.to };
    else if (failed?.kind === 'failed') reason = { kind: 'upstream_failed', node: failed.node };
    else if (!isEntered(incoming)) reason = { kind: 'not_taken' };
    if (reason === null) {
      Object.assign(loopState(loop), { phase: 'running', iteration: 1 });
      return;
    }
    for (const id of ordered(loop.body)) {
      if (broken?.to === id) fail(id, 'failed', 'FC5003');
      else skip(id, reason);
    }
    for (const one of [...inner(loop), loop]) endLoop(one);
  };

  const endIteration = (loop: Loop): void => {
    const unhandled = [...loop.body].some((id) => {
      const record = state(id).record;
      return record !== null && record.errorCode !== null && record.action === null;
    });
    const asks = loop.closing.some((edge) => {
      const record = state(edge.from).record;
      return record !== null && edgeAfter(edge, record).kind === 'taken';
    });
    if (asks && !unhandled) beginIteration(loop);
    else endLoop(loop);
  };

  const beginIteration = (loop: Loop): void => {
    for (const id of loop.body) {
      const it = state(id);
      if (it.record !== null) it.earlier.push(it.record);
      Object.assign(it, { phase: 'waiting', attempts: 0, record: null });
    }
    for (const edge of forward) if (loop.body.has(edge.from) && loop.body.has(edge.to)) edges.delete(edge);
    for (const one of inner(loop)) Object.assign(loopState(one), { phase: 'waiting', iteration: 0 });
    loopState(loop).iteration += 1;
  };

  const endLoop = (loop: Loop): void => {
    loopState(loop).phase = 'ended';
    for (const edge of forward) {
      const { record } = state(edge.from);
      if (loopLeftBy(edge, loopOf) === loop && record !== null) edges.set(edge, edgeAfter(edge, record));
    }
  };

  // --- Steps -----------------------------------------------------------------------------------------------------

  /** Everything that can happen now, until only calls and backoffs can change anything. */
  const proceed = (): void => {
    const before = new Set(queue);
    for (;;) {
      if (failures.length > 0 && workflow.onError === 'fail_fast') break;
      const decided = (list: WorkflowEdge[]): boolean => list.every((edge) => edges.has(edge));
      const open = (loop: Loop | null | undefined): boolean =>
        loop === null || loop === undefined || loopState(loop).phase === 'running';
      const ready = ordered(nodes.keys()).filter(
        (id) =>
          state(id).phase === 'waiting' &&
          open(loopOf.get(id)) &&
          (isReentered(id) || decided(forward.filter((edge) => edge.to === id))),
      );
      const entering = loops.filter(
        (loop) => loopState(loop).phase === 'waiting' && open(loop.parent) && decided(into(loop)),
      );
      const ending = loops.filter(
        (loop) =>
          loopState(loop).phase === 'running' &&
          [...loop.body].every((id) => state(id).phase === 'settled') &&
          inner(loop).every((one) => loopState(one).phase === 'ended'),
      );
      if (ready.length + entering.length + ending.length === 0) break;
      for (const id of ready) leaveWaiting(id);
      for (const loop of entering) enterLoop(loop);
      for (const loop of ending) endIteration(loop);
    }
    hasFailedBefore = failures.length > 0;
    if (hasFailedBefore && workflow.onError === 'fail_fast') cancelRest();
    // Those that became ready in this step became ready together: the one declared first goes first.
    const queued = ordered(nodes.keys()).filter((id) => state(id).phase === 'queued');
    queue = [...queue.filter((id) => queued.includes(id)), ...queued.filter((id) => !before.has(id))];
    while (queue.length > 0 && running.length < (workflow.maxConcurrency ?? Number.POSITIVE_INFINITY)) {
      const id = queue.shift();
      if (id === undefined) break;
      const it = state(id);
      it.phase = 'running';
      it.attempts += 1;
      running.push(id);
    }
  };

  /** What forward edges lead to from a node; a loop as a whole depends on what leads into it. */
  const dependentsOf = (failed: string): Set<string> => {
    const dependents = new Set<string>();
    const pending = [failed];
    for (const from of pending) {
      for (const edge of forward.filter((one) => one.from === from)) {
        const entered = loops.filter((loop) => loop.body.has(edge.to) && !loop.body.has(from));
        for (const id of [edge.to, ...entered.flatMap((loop) => [...loop.body])]) {
          if (!dependents.has(id)) pending.push(id);
          dependents.add(id);
        }
      }
    }
    return dependents;
  };

  const cancelRest = (): void => {
    running = [];
    const [failure] = cancelled ? [] : failures;
    const dependents = failure === undefined ? new Set<string>() : dependentsOf(failure.node);
    for (const [id, it] of nodes) {
      if (it.phase === 'settled') continue;
      if (failure === undefined || !dependents.has(id)) settleAs(id, { status: 'cancelled' });
      else skip(id, { kind: 'upstream_failed', node: failure.node });
    }
    for (const loop of loops) loopState(loop).phase = 'ended';
  };

  const scope: DataScope = {
    get(name) {
      const it = nodes.get(name);
      if (it === undefined) return undefined;
      // In a loop, a node that has not run yet in this iteration has the value of the one before.
      const record = it.record ?? it.earlier.at(-1);
      if (record === undefined || record.status === 'skipped') return { kind: 'absent' };
      if (record.errorCode === null) return { kind: 'node', value: record.output, branches: [] };
      const { status, attempts, errorCode } = record;
      return { kind: 'node', value: { status, attempts, error: { code: errorCode } }, branches: [] };
    },
  };

  const state = (id: string): NodeState => found(nodes.get(id), `node ${JSON.stringify(id)}`);
  const loopState = (loop: Loop): LoopState => found(loopStates.get(loop), `loop at ${loop.header}`);
  const ordered = (ids: Iterable<string>): string[] =>
    [...ids].sort((a, b) => found(order.get(a), a) - found(order.get(b), b));

  proceed();

  return {
    running: () => [...running],
    backoff: () => ordered(nodes.keys()).filter((id) => state(id).phase === 'backoff'),
    backoffMs(id) {
      const { node, attempts } = state(id);
      if (node.retry === null) throw new Error(`node ${JSON.stringify(id)} is not retried`);
      return Math.min(node.retry.initialMs * node.retry.factor ** (attempts - 1), node.retry.maxDelayMs);
    },
    execution: (id) => [state(id).earlier.length, state(id).attempts],
    settle(id, outcome) {
      if (!running.includes(id)) throw new Error(`node ${JSON.stringify(id)} is not running`);
      running = running.filter((one) => one !== id);
      const it = state(id);
      const isFinal =
        it.attempts >= (it.node.retry?.maxAttempts ?? 1) ||
        (outcome.kind === 'fail' && outcome.terminal === true);
      if (outcome.kind === 'ok') succeed(id, outcome.output, outcome.action ?? 'default');
      else if (!isFinal) it.phase = 'backoff';
      else if (outcome.kind === 'timeout') fail(id, 'timed_out', 'FC5005');
      else fail(id, 'failed', 'FC5008');
      proceed();
    },
    expireBackoff(id) {
      if (state(id).phase !== 'backoff') throw new Error(`node ${JSON.stringify(id)} is not in backoff`);
      state(id).phase = 'queued';
      proceed();
    },
    cancel() {
      cancelled = true;
      cancelRest();
    },
    done: () => [...nodes.values()].every((it) => it.phase === 'settled'),
    firstFailures: () => failures,
    result() {
      const records: { [id: string]: ReferenceRecord } = Object.create(null);
      for (const [id, it] of nodes) {
        records[id] = { ...found(it.record, `record of ${JSON.stringify(id)}`), earlier: it.earlier };
      }
      if (cancelled) return { status: 'cancelled', error: { code: 'FC5007', node: null }, nodes: records };
      const [error = null] = failures;
      return { status: error === null ? 'succeeded' : 'failed', error, nodes: records };
    },
  };
}

function found<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`The reference has no ${what}.`);
  return value;
}
