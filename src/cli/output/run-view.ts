import type { RunEvent } from '../../runtime/event.js';
import type { RunStatus } from '../../runtime/record.js';

/** A node that is under way, as a watcher of the events knows it. */
export interface NodeView {
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

  node(id: string): NodeView | undefined {
    return this.#active.get(id);
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
        this.total = event.nodes;
        return;
      case 'node.queued':
        this.#active.delete(event.node);
        // In a loop, a node that had settled runs again.
        this.#settled.delete(event.node);
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
        const known = this.#active.get(event.node);
        if (known) this.#active.set(event.node, { ...known, progress: { done, total, message } });
        return;
      }
      case 'node.settled':
        this.#active.delete(event.node);
        this.#settled.add(event.node);
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
    event: { readonly node: string; readonly at: number; readonly iteration?: number },
    change: Pick<NodeView, 'status' | 'attempt' | 'due'>,
  ): void {
    this.#settled.delete(event.node);
    // Deleted first, so that it goes to the end: the order is that of beginning.
    this.#active.delete(event.node);
    this.#active.set(event.node, {
      id: event.node,
      since: event.at,
      progress: null,
      iteration: event.iteration ?? null,
      ...change,
    });
  }
}
