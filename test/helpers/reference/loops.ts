import type { WorkflowEdge } from '../../../src/ir/workflow.js';
import { ruledOut } from './attempts.js';
import { edgeAfter } from './edges.js';
import type { GroupEffect } from './groups.js';
import { judge } from './joins.js';
import { found, type NodeState, type RunState } from './run-state.js';
import { fail, skip } from './settle.js';
import { type Loop, loopLeftBy } from './structure.js';

function into(run: RunState, loop: Loop): WorkflowEdge[] {
  return run.forward.filter((edge) => loop.body.has(edge.to) && !loop.body.has(edge.from));
}

function inner(run: RunState, loop: Loop): Loop[] {
  return run.loops.filter((other) => other !== loop && loop.body.has(other.header));
}

/** The header of a loop in its second or a later iteration: it is entered by the closing edge. */
export function isReentered(run: RunState, id: string): boolean {
  const loop = run.loopOf.get(id);
  return loop !== undefined && loop.header === id && run.loop(loop).iteration > 1;
}

/** Loops that wait, and have nothing more to wait for. */
export function loopsToEnter(run: RunState): Loop[] {
  return run.loops.filter(
    (loop) =>
      run.loop(loop).phase === 'waiting' &&
      (loop.parent === null || run.loop(loop.parent).phase === 'running') &&
      into(run, loop).every((edge) => run.edges.has(edge)),
  );
}

/** Loops whose iteration is over. */
export function loopsToEnd(run: RunState): Loop[] {
  return run.loops.filter(
    (loop) =>
      run.loop(loop).phase !== 'ended' &&
      run.unsettled(loop.body).length === 0 &&
      inner(run, loop).every((one) => run.loop(one).phase === 'ended'),
  );
}

/** Rules 1 to 3 of "Loops", once every edge into the loop is decided. */
export function enterLoop(run: RunState, loop: Loop): readonly GroupEffect[] {
  const incoming = into(run, loop).map((edge) => [edge, run.edges.get(edge)] as const);
  const verdict = judge(run.node(loop.header).node.join, incoming);
  if (verdict.kind === 'start' || verdict.kind === 'wait') {
    Object.assign(run.loop(loop), { phase: 'running', iteration: 1 });
    return [];
  }
  const broken = incoming.find(([, state]) => state?.kind === 'broken')?.[0].to;
  const failing = verdict.kind === 'fail' && verdict.code === 'FC5003' ? broken : loop.header;
  const effects: GroupEffect[] = [];
  for (const id of run.unsettled(loop.body)) {
    if (verdict.kind === 'skip') skip(run, id, verdict.reason);
    else if (id === failing)
      effects.push(...fail(run, id, { ...ruledOut(verdict.code, true), closedLoop: loop }));
    else skip(run, id, { kind: 'upstream_failed', node: found(failing, 'broken edge') });
  }
  for (const one of [...inner(run, loop), loop]) endLoop(run, one);
  return effects;
}

export function endIteration(run: RunState, loop: Loop): void {
  const isOpen =
    run.loop(loop).phase === 'running' &&
    run.groupsAround(loop.header).every(({ phase, nodes }) => phase === 'open' || !isWithin(loop, nodes));
  const unhandled = [...loop.body].some((id) => isUnhandledIn(run.node(id), loop));
  const asks = loop.closing.some((edge) => {
    const { record } = run.node(edge.from);
    return record !== null && edgeAfter(run, edge, record).kind === 'taken';
  });
  if (isOpen && asks && !unhandled) beginIteration(run, loop);
  else endLoop(run, loop);
}

function isWithin(loop: Loop, nodes: ReadonlySet<string>): boolean {
  return [...loop.body].every((id) => nodes.has(id));
}

/** Whether the node has failed, and nothing inside of the loop has handled it. */
function isUnhandledIn({ record, handledIn }: NodeState, loop: Loop): boolean {
  if (record?.status !== 'failed' && record?.status !== 'timed_out') return false;
  for (let at = handledIn ?? null; at !== null; at = at.parent) if (at === loop) return false;
  return true;
}

function beginIteration(run: RunState, loop: Loop): void {
  for (const id of loop.body) {
    const it = run.node(id);
    if (it.record !== null) it.earlier.push(it.record);
    Object.assign(it, {
      phase: 'waiting',
      attempts: 0,
      beganAt: null,
      record: null,
      caughtBy: null,
      handledIn: undefined,
    });
  }
  for (const edge of run.forward) {
    if (loop.body.has(edge.from) && loop.body.has(edge.to)) run.edges.delete(edge);
  }
  for (const one of inner(run, loop)) Object.assign(run.loop(one), { phase: 'waiting', iteration: 0 });
  for (const group of run.groups) {
    if (group.home !== loop && !inner(run, loop).some((one) => one === group.home)) continue;
    group.phase = 'open';
    group.failed.clear();
  }
  run.loop(loop).iteration += 1;
}

function endLoop(run: RunState, loop: Loop): void {
  run.loop(loop).phase = 'ended';
  for (const edge of run.forward) {
    const { record } = run.node(edge.from);
    if (loopLeftBy(edge, run.loopOf) === loop && record !== null) {
      run.edges.set(edge, edgeAfter(run, edge, record));
    }
  }
}
