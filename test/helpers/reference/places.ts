import type { RunState } from './run-state.js';
import { wayToEnd } from './ways.js';

/** Starts what there is a place for: "Places", inside of one run, and without rates. */
export function grantPlaces(run: RunState): void {
  const { workflow } = run;
  enqueue(run);
  // What lacks something of what it uses keeps its place in the line of all of it.
  const blocked = new Set<string>();
  for (const id of inLine(run)) {
    if (run.running.length >= (workflow.maxConcurrency ?? Number.POSITIVE_INFINITY)) return;
    if (run.groupsAround(id).some((group) => isFull(run, group))) continue;
    const { uses } = run.node(id).node;
    if (uses.every((use) => !blocked.has(use.resource) && isFree(run, use))) start(run, id);
    else for (const { resource } of uses) blocked.add(resource);
  }
}

/** Those that became ready in this step became ready together: the one declared first has waited longest. */
function enqueue(run: RunState): void {
  const queued = run.ordered().filter((id) => run.node(id).phase === 'queued');
  const before = run.queue.filter((id) => queued.includes(id));
  run.queue = [...before, ...queued.filter((id) => !before.includes(id))];
}

/** By priority, then by the longest way to the end, then by how long they have waited. */
function inLine(run: RunState): string[] {
  const known = new Map<string, number>();
  const rank = (id: string): number =>
    run.workflow.scheduling === 'longest_path' ? wayToEnd(run, id, known) : 0;
  const priority = (id: string): number => run.node(id).node.priority;
  return run.queue.toSorted((a, b) => priority(b) - priority(a) || rank(b) - rank(a));
}

function isFull(run: RunState, { group, nodes }: RunState['groups'][number]): boolean {
  const limit = group.maxConcurrency ?? Number.POSITIVE_INFINITY;
  return run.running.filter((id) => nodes.has(id)).length >= limit;
}

function isFree(run: RunState, { resource, amount }: { resource: string; amount: number }): boolean {
  const declared = run.workflow.resources.find(({ name }) => name === resource);
  const held = run.running.flatMap((id) => run.node(id).node.uses.filter((use) => use.resource === resource));
  const sum = held.reduce((total, use) => total + use.amount, 0);
  const capacity = typeof declared?.capacity === 'number' ? declared.capacity : Number.POSITIVE_INFINITY;
  return held.length < (declared?.concurrency ?? Number.POSITIVE_INFINITY) && sum + amount <= capacity;
}

function start(run: RunState, id: string): void {
  const it = run.node(id);
  it.phase = 'running';
  it.attempts += 1;
  it.beganAt ??= run.now();
  run.queue = run.queue.filter((one) => one !== id);
  run.running.push(id);
}
