import type { ResourceUse } from '../../ir/workflow.js';
import type { DetectionProblem } from './detect-capacity.js';
import type { Lane } from './lane.js';
import type { Pool } from './pool.js';
import type { Resource } from './resource.js';

/** So much of a resource. */
export interface Claim {
  readonly resource: Resource;
  readonly amount: number;
}

/** Why a ticket is refused: more is asked for than there can ever be. */
export interface Shortage {
  readonly resource: string;
  readonly amount: number;
  /** How much there can be at most; `null` for a resource that nobody has declared. */
  readonly most: number | null;
  /** Why there is none of it, where that could not be found out. */
  readonly problem?: DetectionProblem;
}

/** What somebody asks for, all at once. */
export interface Demand {
  /** The higher goes first. */
  readonly priority: number;
  /** How much is left to do behind it: of two with one priority, the one with more goes first. */
  readonly rank: number;
  /** Where it was declared: decides between those of a run that ask in the same step. */
  readonly order: readonly number[];
  /** In each of these it takes one place. */
  readonly pools: readonly Pool[];
  readonly uses: readonly ResourceUse[];
  /** Whether a pause of the run holds it back. */
  readonly pauses: boolean;
}

/** What who asks is told. */
export interface Replies {
  grant(): void;
  refuse(shortage: Shortage): void;
  /** Called at most once, when it has to wait for a resource. */
  waits?(resource: string): void;
  /** Called once it no longer waits, whatever became of it. */
  waited?(ms: number): void;
  /** Called once what it held is free again. */
  freed?(): void;
}

/** Somebody who waits for places and resources, then holds them. Made and kept by the scheduler. */
export interface Ticket {
  readonly demand: Demand;
  readonly replies: Replies;
  /** On the runner's clock. */
  readonly askedAt: number;
  state: 'waiting' | 'held' | 'done';
  /** What it uses, once it is in line. */
  claims: readonly Claim[];
  /** Where it waits, once it is in line. */
  lane: Lane | null;
  /** When it came, as the scheduler counts: 1, 2, 3, … */
  arrival: number;
  /** Its place in the lines of the resources: its arrival, or that of another of its run with which it has changed places. */
  place: number;
}

/** The order in which the tickets of one run are served. */
export function isServedBefore(a: Ticket, b: Ticket): boolean {
  if (a.demand.priority !== b.demand.priority) return a.demand.priority > b.demand.priority;
  if (a.demand.rank !== b.demand.rank) return a.demand.rank > b.demand.rank;
  return a.arrival < b.arrival;
}

/** Orders tickets that ask in the same step by where they were declared. */
export function byOrder({ demand: { order: a } }: Ticket, { demand: { order: b } }: Ticket): number {
  for (let index = 0; index < a.length; index++) {
    const [left = -1, right = -1] = [a[index], b[index]];
    if (left !== right) return left - right;
  }
  return a.length - b.length;
}

/** The first of several claims that can never be satisfied; `null` where all can, as far as is known. */
export function shortageOf(claims: readonly Claim[]): Shortage | null {
  for (const { resource, amount } of claims) {
    const { name, most, problem } = resource;
    if (most !== null && amount > most)
      return { resource: name, amount, most, ...(problem === null ? {} : { problem }) };
  }
  return null;
}
