import type { RunEvent } from '../../runtime/event.js';
import type { RunStatus } from '../../runtime/record.js';

/** A node that is under way, as a watcher of the events knows it. */
export interface NodeView {
  /** The node's id; in a sub-workflow after the name of the node that runs it. */
  readonly id: string;
  readonly status: 'running' | 'backoff';
  readonly attempt: number;
  /** Milliseconds from the run's start to when it entered this status. */
  readonly since: number;
  /** For a node in backoff, when its next attempt is due. */
  readonly due: number | null;
  readonly progress: {
    readonly done: number;
    readonly total: number | null;
    readonly message: string | null;
  } | null;
  /** From 1, for a node in a loop. */
  readonly iteration: number | null;
}

/** What is known of a run from its events so far: nothing is guessed, only added up. */
export class RunView {
  total = 0;
  status: RunStatus | 'running' | 'failing' | 'cancelling' = 'running';
  readonly #active = new Map<string, NodeView>();
  readonly #settled = new Set<string>();
  readonly #itemFailures = new Map<string, number>();

  /** How many nodes have their record. */
  get settled(): number {
    return this.#settled.size;
  }

  /** Nodes that are running or in backoff, in the order in which they began. */
  active(): NodeView[] {
    return [...this.#active.values()];
  }

  running(): NodeView[] {
    return this.active().filter((node) => node.status === 'running');
  }

  /** The node that an event is about, if it is under way. */
  about(event: AboutNode): NodeView | undefined {
    return this.#active.get(idOf(event));
  }

  /** How many items of the batch that an event is about have failed so far. */
  itemFailures(event: AboutNode): number {
    return this.#itemFailures.get(idOf(event)) ?? 0;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.total = event.nodes;
        return;
      case 'node.queued':
        this.#active.delete(idOf(event));
        // In a loop, a node that had settled runs again.
        this.#settled.delete(idOf(event));
        return;
      case 'node.started':
        this.#enter(event, { status: 'running', attempt: event.attempt, due: null });
        return;
      case 'node.backoff':
        this.#enter(event, {
          status: 'backoff',
          attempt: event.attempt,
          due: event.at + event.delay_ms,
        });
        return;
      case 'node.progress': {
        const { done, total, message } = event;
        const known = this.about(event);
        if (known) this.#active.set(known.id, { ...known, progress: { done, total, message } });
        return;
      }
      case 'item.settled':
        if (event.error !== null) this.#itemFailures.set(idOf(event), this.itemFailures(event) + 1);
        return;
      case 'node.settled':
        this.#active.delete(idOf(event));
        // The nodes of a sub-workflow are no part of the total.
        if (event.scope === undefined) this.#settled.add(event.node);
        return;
      case 'run.failing':
        this.status = 'failing';
        return;
      case 'run.cancelling':
        this.status = 'cancelling';
        return;
      case 'run.settled':
        this.status = event.status;
        return;
    }
  }

  #enter(
    event: AboutNode & { readonly at: number; readonly iteration?: number },
    change: Pick<NodeView, 'status' | 'attempt' | 'due'>,
  ): void {
    const id = idOf(event);
    this.#settled.delete(id);
    // Deleted first, so that it goes to the end: the order is that of beginning.
    this.#active.delete(id);
    this.#active.set(id, {
      id,
      since: event.at,
      progress: null,
      iteration: event.iteration ?? null,
      ...change,
    });
  }
}

/** The part of an event that says which node it is about. */
interface AboutNode {
  readonly node: string;
  readonly scope?: string;
}

const idOf = ({ node, scope }: AboutNode): string => (scope === undefined ? node : `${scope}.${node}`);
