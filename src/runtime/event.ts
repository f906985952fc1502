import type { CallRecord } from '../actors/call.js';
import type { Failure } from '../ir/errors.js';
import type { AboutNode } from '../machines/about-node.js';
import type { ChartEvent } from '../machines/chart-event.js';
import type { RunStatus } from './record.js';

/** Version of the event stream; it changes when a field changes its meaning or goes. */
export const EVENT_VERSION = 1;

/** Which of a run's events, and when. */
interface Stamp {
  readonly v: typeof EVENT_VERSION;
  readonly run_id: string;
  /** 0, 1, 2, … within the run. */
  readonly seq: number;
  /** Milliseconds from the run's start. */
  readonly at: number;
  /** For what happens in a sub-workflow: the name of the node that runs it. */
  readonly scope?: string;
}

/** One of the calls that a node function makes of other node types. */
export interface AboutCall extends AboutNode {
  /** From 0, in the order in which one attempt (of the node, or of the call around) makes its calls. */
  readonly index: number;
  /** For a call that a call makes: the indices of those around it, outermost first. */
  readonly within?: readonly number[];
  /** The node type that is called. */
  readonly tool: string;
}

/** What happened, without its stamp: the chart's own transitions, and what the runtime and the node functions add. */
export type RunEventBody =
  | ChartEvent
  | {
      readonly type: 'run.started';
      readonly workflow: string;
      readonly hash: string;
      readonly nodes: number;
      /** When that was, as ISO 8601: what `at` counts from. */
      readonly time: string;
    }
  | { readonly type: 'run.settled'; readonly status: RunStatus; readonly error: Failure | null }
  | (AboutNode & {
      readonly type: 'node.progress';
      readonly done: number;
      readonly total: number | null;
      readonly message: string | null;
    })
  | (AboutNode & { readonly type: 'node.log'; readonly message: string })
  /** A node, or an item of its batch, waits for a resource of which there is not enough, or for those before it in line. */
  | (AboutNode & {
      readonly type: 'resource.waiting';
      readonly resource: string;
      /** For an item: its index, from 0. */
      readonly index?: number;
    })
  | (AboutNode & {
      readonly type: 'node.late_result_dropped';
      readonly attempt: number;
      /** The keys of the state that it was to be written to, if there are any. */
      readonly writes?: readonly string[];
    })
  | (AboutCall & { readonly type: 'call.started'; readonly attempt: number })
  | (AboutCall & {
      readonly type: 'call.progress';
      readonly done: number;
      readonly total: number | null;
      readonly message: string | null;
    })
  | (AboutCall & {
      readonly type: 'call.settled';
      readonly status: CallRecord['status'];
      readonly attempts: number;
      readonly error: Failure | null;
    })
  /** A node begins to wait for an event that the run has not been sent. */
  | (AboutNode & { readonly type: 'event.awaited'; readonly event: string })
  /** A node that waited got an event that the run was sent. */
  | (AboutNode & { readonly type: 'event.received'; readonly event: string })
  /** An event that was kept did not fit the node that came to wait for it, and is dropped. */
  | (AboutNode & {
      readonly type: 'event.refused';
      readonly event: string;
      readonly problems: readonly string[];
    });

/** One line of a run's history: what the command line, the inspector and the tests look at (P15). */
export type RunEvent = Stamp & RunEventBody;
