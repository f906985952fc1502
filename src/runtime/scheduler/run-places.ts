import type { ResourceUse, Workflow } from '../../ir/workflow.js';
import type { PlaceHolder, PlaceRequest } from '../../machines/compile.js';
import type { NodeDemand, NodeDemands } from './node-demands.js';
import { Pool } from './pool.js';
import type { RunQueue } from './run-queue.js';
import type { Scheduler } from './scheduler.js';
import { shortageError, shortageFailure } from './shortage.js';
import type { Demand, Replies, Ticket } from './ticket.js';

/** Is told what the nodes of a run wait for and hold; times in milliseconds. */
export interface PlaceObserver {
  /**
   * Somebody has waited for a place, and now has one or asks no more.
   *
   * @param node its id; `null` for a node of a sub-workflow, and for a call that a node makes
   */
  waited(node: string | null, uses: readonly ResourceUse[], ms: number): void;
  held(uses: readonly ResourceUse[]): void;
  freed(uses: readonly ResourceUse[]): void;
}

export interface RunPlacesOptions {
  readonly workflow: Workflow;
  readonly demands: NodeDemands;
  readonly observer: PlaceObserver;
}

/** What a sub-workflow takes over from the node that runs it. */
interface Around {
  readonly order: readonly number[];
  readonly pools: readonly Pool[];
  readonly priority: number;
  /** How much is left to do after the node. */
  readonly rank: number;
}

/** Says when the function that holds a place has returned, or need not be waited for any more; `null` where none runs. */
export type ReturnOf = (holder: PlaceHolder) => Promise<void> | null;

/** The places of one run: who of its nodes and of their items waits for one, and who holds one. */
export class RunPlaces {
  readonly #scheduler: Scheduler;
  readonly #queue: RunQueue;
  readonly #around: Around;
  readonly #options: RunPlacesOptions;
  /** By group index. */
  readonly #groups: ReadonlyMap<number, Pool>;
  /** By node, then by item. */
  readonly #tickets = new Map<number, Map<number | null, Ticket>>();
  readonly #undeclare: () => void;
  #isClosed = false;

  private constructor(scheduler: Scheduler, queue: RunQueue, around: Around, options: RunPlacesOptions) {
    this.#scheduler = scheduler;
    this.#queue = queue;
    this.#around = around;
    this.#options = options;
    this.#groups = new Map(
      options.workflow.groups.flatMap(({ maxConcurrency }, index) =>
        maxConcurrency === null ? [] : [[index, new Pool(maxConcurrency)] as const],
      ),
    );
    this.#undeclare = scheduler.resources.declare(options.workflow.resources);
  }

  /**
   * Opens a run.
   *
   * @param limit how many of its node functions run at once; `null` for no bound
   * @param priority what its nodes' priorities count from where it waits with other runs
   */
  static open(
    scheduler: Scheduler,
    {
      limit,
      priority,
      ...options
    }: RunPlacesOptions & { readonly limit: number | null; readonly priority: number },
  ): RunPlaces {
    const around: Around = { order: [], pools: [new Pool(limit)], priority: 0, rank: 0 };
    return new RunPlaces(scheduler, scheduler.openQueue(priority), around, options);
  }

  /** Opens the run of a sub-workflow inside of a node: it takes its places from those of the run around it, and of the groups around the node. */
  openWithin(node: number, options: RunPlacesOptions): RunPlaces {
    const demand = this.#demandOf(node);
    const around: Around = {
      order: [...this.#around.order, node],
      pools: this.#poolsAround(demand),
      priority: this.#around.priority + demand.priority,
      rank: this.#around.rank + demand.rank - demand.ownRank,
    };
    return new RunPlaces(this.#scheduler, this.#queue, around, options);
  }

  /** @param waits called at most once, when it has to wait for a resource */
  request({ node, item, grant, refuse }: PlaceRequest, waits: (resource: string) => void): void {
    if (this.#isClosed) return;
    const demand = this.#demandOf(node);
    const works = !demand.isIdle && (!demand.isBatch || item !== null);
    const { uses } = works ? demand : { uses: [] };
    const ticket = this.#ask(
      demand,
      {
        order: [...this.#around.order, node, item ?? -1],
        pools: works ? this.#poolsAround(demand) : [],
        uses,
        pauses: true,
      },
      { grant, refuse: (shortage) => refuse(shortageFailure(shortage, demand)), waits },
    );
    const tickets = this.#tickets.get(node);
    if (tickets === undefined) this.#tickets.set(node, new Map([[item, ticket]]));
    else tickets.set(item, ticket);
  }

  /**
   * Gives a place back, or takes back the request for one; with `item` `null`, all of the node's and of its items.
   *
   * @param returnOf a place stays taken until the function has returned
   */
  release(holder: PlaceHolder, returnOf: ReturnOf): void {
    const tickets = this.#tickets.get(holder.node);
    if (tickets === undefined) return;
    const items = holder.item === null ? [...tickets.keys()] : [holder.item];
    for (const item of items) {
      const ticket = tickets.get(item);
      tickets.delete(item);
      if (ticket !== undefined)
        this.#scheduler.release(this.#queue, ticket, returnOf({ node: holder.node, item }));
    }
    if (tickets.size === 0) this.#tickets.delete(holder.node);
  }

  /**
   * Waits for resources alone, in behalf of a node that runs: for what it calls. A pause does not hold this back.
   *
   * @returns gives them back
   * @throws the signal's reason, once that is aborted; ForkchartError FC5014 where there can never be so much
   */
  acquire(node: number, uses: readonly ResourceUse[], signal: AbortSignal): Promise<() => void> {
    const demand = this.#demandOf(node);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const release = (): void => {
        signal.removeEventListener('abort', stop);
        this.#scheduler.release(this.#queue, ticket);
      };
      const stop = (): void => {
        release();
        reject(signal.reason);
      };
      const ticket = this.#ask(
        demand,
        { order: [...this.#around.order, node], pools: [], uses, pauses: false },
        {
          grant: () => {
            signal.removeEventListener('abort', stop);
            resolve(release);
          },
          refuse: (shortage) => {
            signal.removeEventListener('abort', stop);
            reject(shortageError(shortage, demand));
          },
        },
        true,
      );
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  pause(): void {
    this.#scheduler.pause(this.#queue);
  }

  resume(): void {
    this.#scheduler.resume(this.#queue);
  }

  /** While paused: lets one waiting node start, if there is a place for it. Returns whether it did. */
  step(): boolean {
    return this.#scheduler.step(this.#queue);
  }

  /** Ends the run: nobody of it waits any more, and what is held is given back. */
  close(returnOf: ReturnOf): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const node of [...this.#tickets.keys()]) this.release({ node, item: null }, returnOf);
    this.#undeclare();
    if (!this.#isWithin) this.#scheduler.closeQueue(this.#queue);
  }

  /** @param isCall whether it is not the node itself that waits */
  #ask(
    { id, priority, rank }: NodeDemand,
    demand: Omit<Demand, 'priority' | 'rank'>,
    replies: Pick<Replies, 'grant' | 'refuse' | 'waits'>,
    isCall = false,
  ): Ticket {
    const { uses } = demand;
    const { observer } = this.#options;
    const node = isCall || this.#isWithin ? null : id;
    return this.#scheduler.request(
      this.#queue,
      { ...demand, priority: this.#around.priority + priority, rank: this.#around.rank + rank },
      {
        ...replies,
        grant: () => {
          observer.held(uses);
          replies.grant();
        },
        waited: (ms) => observer.waited(node, uses, ms),
        freed: () => observer.freed(uses),
      },
    );
  }

  /** Whether it is the run of a sub-workflow. */
  get #isWithin(): boolean {
    return this.#around.order.length > 0;
  }

  #demandOf(node: number): NodeDemand {
    const demand = this.#options.demands[node];
    if (demand === undefined) throw new Error(`The workflow has no node ${node}.`);
    return demand;
  }

  #poolsAround({ groups }: NodeDemand): readonly Pool[] {
    return [...this.#around.pools, ...groups.flatMap((group) => this.#groups.get(group) ?? [])];
  }
}
