import type { ResourceUse, Workflow } from '../../ir/workflow.js';
import type { PlaceHolder, PlaceRequest } from '../../machines/compile.js';
import { ByHolder } from '../by-holder.js';
import type { NodeDemand, NodeDemands } from './node-demands.js';
import { Pool } from './pool.js';
import type { RunQueue } from './run-queue.js';
import type { Scheduler } from './scheduler.js';
import { shortageError, shortageFailure } from './shortage.js';
import type { Demand, Replies, Shortage, Ticket } from './ticket.js';

/** Is told what the nodes of a run wait for and hold; times in milliseconds. */
export interface PlaceObserver {
  /**
   * Somebody has waited for a place, and now has one or asks no more.
   *
   * @param node its index; `null` for a node of a sub-workflow, and for a call that a node makes
   */
  waited(node: number | null, uses: readonly ResourceUse[], ms: number): void;
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
  readonly #tickets: ByHolder<Ticket>;
  /** By node: what it asks for each time, and what each of its items does. */
  readonly #nodes: Demand[] = [];
  readonly #items: Demand[] = [];
  readonly #undeclare: () => void;
  #isClosed = false;

  private constructor(scheduler: Scheduler, queue: RunQueue, around: Around, options: RunPlacesOptions) {
    this.#scheduler = scheduler;
    this.#queue = queue;
    this.#around = around;
    this.#options = options;
    this.#tickets = new ByHolder(options.workflow.nodes.length);
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
  request(request: PlaceRequest, waits: (request: PlaceRequest, resource: string) => void): void {
    if (this.#isClosed) return;
    const about = this.#demandOf(request.node);
    const demand = this.#demandFor(request, about);
    const node = this.#isWithin ? null : request.node;
    const replies = new NodeReplies(this.#options.observer, demand.uses, node, about, request, waits);
    this.#tickets.set(request, this.#scheduler.request(this.#queue, demand, replies));
  }

  /** What a node asks for, or one of its items: the same each time, but for where an item stands in the order. */
  #demandFor({ node, item }: PlaceHolder, about: NodeDemand): Demand {
    const known = item === null ? this.#nodes : this.#items;
    let demand = known[node];
    if (demand === undefined) {
      const works = !about.isIdle && (!about.isBatch || item !== null);
      demand = {
        priority: this.#around.priority + about.priority,
        rank: this.#around.rank + about.rank,
        order: this.#isWithin ? [...this.#around.order, node] : about.order,
        pools: works ? this.#poolsAround(about) : [],
        uses: works ? about.uses : [],
        pauses: true,
      };
      known[node] = demand;
    }
    if (item === null) return demand;
    const { priority, rank, order, pools, uses, pauses } = demand;
    return { priority, rank, order: [...order, item], pools, uses, pauses };
  }

  /**
   * Gives a place back, or takes back the request for one; with `item` `null`, all of the node's and of its items.
   *
   * @param returnOf a place stays taken until the function has returned
   */
  release(holder: PlaceHolder, returnOf: ReturnOf): void {
    if (holder.item === null) {
      for (const item of this.#tickets.itemsOf(holder.node))
        this.release({ node: holder.node, item }, returnOf);
    }
    const ticket = this.#tickets.get(holder);
    if (ticket === undefined) return;
    this.#tickets.delete(holder);
    this.#scheduler.release(this.#queue, ticket, returnOf(holder));
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
      const replies = new CallReplies(this.#options.observer, uses, {
        grant: () => {
          signal.removeEventListener('abort', stop);
          resolve(release);
        },
        refuse: (shortage) => {
          signal.removeEventListener('abort', stop);
          reject(shortageError(shortage, demand));
        },
      });
      const ticket = this.#scheduler.request(
        this.#queue,
        {
          priority: this.#around.priority + demand.priority,
          rank: this.#around.rank + demand.rank,
          order: [...this.#around.order, node],
          pools: [],
          uses,
          pauses: false,
        },
        replies,
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
    for (const node of this.#tickets.nodes) this.release({ node, item: null }, returnOf);
    this.#undeclare();
    if (!this.#isWithin) this.#scheduler.closeQueue(this.#queue);
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
    const { pools } = this.#around;
    if (groups.length === 0) return pools;
    return [...pools, ...groups.flatMap((group) => this.#groups.get(group) ?? [])];
  }
}

/** Replies of which an observer is told besides. */
abstract class ObservedReplies implements Replies {
  constructor(
    readonly observer: PlaceObserver,
    readonly uses: readonly ResourceUse[],
    /** `null` for what is no node of the run itself. */
    readonly node: number | null,
  ) {}

  abstract refuse(shortage: Shortage): void;

  grant(): void {
    this.observer.held(this.uses);
  }

  waited(ms: number): void {
    this.observer.waited(this.node, this.uses, ms);
  }

  freed(): void {
    this.observer.freed(this.uses);
  }
}

class NodeReplies extends ObservedReplies {
  constructor(
    observer: PlaceObserver,
    uses: readonly ResourceUse[],
    node: number | null,
    readonly demand: NodeDemand,
    readonly request: PlaceRequest,
    readonly waitsFor: (request: PlaceRequest, resource: string) => void,
  ) {
    super(observer, uses, node);
  }

  override grant(): void {
    super.grant();
    this.request.grant();
  }

  refuse(shortage: Shortage): void {
    this.request.refuse(shortageFailure(shortage, this.demand));
  }

  waits(resource: string): void {
    this.waitsFor(this.request, resource);
  }
}

class CallReplies extends ObservedReplies {
  constructor(
    observer: PlaceObserver,
    uses: readonly ResourceUse[],
    readonly replies: Pick<Replies, 'grant' | 'refuse'>,
  ) {
    super(observer, uses, null);
  }

  override grant(): void {
    super.grant();
    this.replies.grant();
  }

  refuse(shortage: Shortage): void {
    this.replies.refuse(shortage);
  }
}
