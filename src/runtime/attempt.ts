import type { NodeDefinition } from '../actors/node.js';
import { readRouted } from '../actors/route.js';
import type { DataScope } from '../ir/template/data-scope.js';
import type { WorkflowNode } from '../ir/workflow.js';
import { at } from '../machines/at.js';
import type { RunSystem } from '../machines/compile.js';
import { dataScope, type LocalNames } from '../machines/data.js';
import type { AttemptInput } from '../machines/node.js';
import type { AttemptResult, Outcome } from '../machines/outcome.js';
import { keysWrittenBy } from '../machines/state.js';
import { type Job, oneShot } from '../machines/stepper/one-shot.js';
import type { NodePlan } from '../machines/topology.js';
import { attemptFailure } from './attempt-failure.js';
import type { AttemptHost, CallUnderWay } from './attempt-host.js';
import { readParams } from './attempt-params.js';
import { toResult } from './json-result.js';
import { about, type OpenContext, openContext } from './node-context.js';
import { isPromiseLike } from './promise-like.js';
import { checkWrites } from './state-writes.js';
import { commitTo, committedIn } from './store/access.js';

const PRESENT = Promise.resolve();
/** What needs no encoding. */
const PLAIN = /^[\w.~-]*$/;

/** The actor of a node type: it calls the node's function once. */
export function attemptActor(definition: NodeDefinition, hostOf: (run: RunSystem) => AttemptHost) {
  return oneShot<AttemptResult, AttemptInput>((job) => {
    const attempt = new Attempt(definition, hostOf(job.system), job);
    // Not in the step of the chart that starts it, in which others may start as well.
    void PRESENT.then(() => attempt.begin());
  });
}

/**
 * Names one execution of a node within its run: its id, the iterations of the loops around it, outermost first, and the item of
 * its batch.
 */
export function executionId(node: string, iterations: readonly number[], item: number | null = null): string {
  const name = PLAIN.test(node) ? node : encoded(node);
  const execution = iterations.length === 0 ? name : [name, ...iterations].join('#');
  return item === null ? execution : `${execution}@${item}`;
}

function encoded(node: string): string {
  // Half a surrogate pair cannot be encoded.
  const whole = node.replace(/[\uD800-\uDFFF]/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  return encodeURIComponent(whole);
}

/** What the templates of a node can name in an attempt. */
export function attemptScope({ topology }: AttemptHost, { node }: NodePlan, input: AttemptInput): DataScope {
  return dataScope(topology, input.inputs, outcomeIn(input.outcomes), localNames(node, input));
}

function localNames(node: WorkflowNode, { caught, state, item }: AttemptInput): LocalNames | undefined {
  if (caught.length === 0 && state === null && item === null) return undefined;
  const local = new Map(caught);
  if (state !== null) local.set('state', state);
  if (item !== null) {
    local.set('__index__', item.index);
    if (node.batch !== null) local.set(node.batch.as, item.value);
  }
  return local;
}

/** How many outcomes are found sooner one by one than by a map that has to be made first. */
const FEW = 8;

function outcomeIn(outcomes: AttemptInput['outcomes']): (node: number) => Outcome | null {
  if (outcomes.length <= FEW) {
    return (node) => {
      for (const known of outcomes) if (known[0] === node) return known[1];
      return null;
    };
  }
  const byNode = new Map(outcomes);
  return (node) => byNode.get(node) ?? null;
}

/**
 * One attempt at a node, or at an item of a batch. It waits only for what is not there yet, step by step, as most attempts would spend
 * more time on waiting for what is than on all the rest. It fails with an `AttemptFailure`, never with an `Error`: what an actor fails
 * with ends up in snapshots.
 */
class Attempt {
  readonly #definition: NodeDefinition;
  readonly #host: AttemptHost;
  readonly #job: Job<AttemptResult, AttemptInput>;
  readonly #plan: NodePlan;
  readonly #execution: string;
  /** Ends when the function has returned, or will not be called. */
  #call: CallUnderWay | null = null;
  /** What the function was given, and what measures it; `null` while it does not run. */
  #opened: OpenContext | null = null;
  #measured: CallUnderWay | null = null;

  #result: AttemptResult | null = null;

  constructor(definition: NodeDefinition, host: AttemptHost, job: Job<AttemptResult, AttemptInput>) {
    const { node, iterations, item } = job.input;
    this.#definition = definition;
    this.#host = host;
    this.#job = job;
    this.#plan = at(host.topology.nodes, node);
    this.#execution = host.executionPrefix + executionId(this.#plan.node.id, iterations, item?.index);
  }

  /** Never throws. */
  begin(): void {
    if (this.#job.isStopped) return;
    const { store, runId } = this.#host;
    const { node, item } = this.#job.input;
    this.#call = this.#host.called({ node, item: item?.index ?? null });
    try {
      this.#once(committedIn(store, runId, this.#execution), this.#prepare);
    } catch (error) {
      this.#fail(error);
    }
  }

  #prepare(committed: AttemptResult | undefined): void {
    if (committed !== undefined || this.#job.isStopped) {
      this.#end(committed ?? null);
      return;
    }
    const { input } = this.#job;
    const scope = attemptScope(this.#host, this.#plan, input);
    this.#once(readParams(this.#definition, this.#plan, scope, input.item), this.#run);
  }

  #run(params: unknown): void {
    if (this.#job.isStopped) {
      this.#end(null);
      return;
    }
    const opened = openContext(this.#host, this.#plan, this.#job.input, this.#execution, this.#job);
    this.#opened = opened;
    this.#measured = this.#host.measureCall(this.#plan);
    this.#once(this.#definition.run(params, opened.context), this.#keep);
  }

  #keep(returned: unknown): void {
    const { store, runId, resultBytes, topology } = this.#host;
    const { state, item } = this.#job.input;
    const { action, output } = readRouted(returned);
    const result = { action, output: toResult(output, resultBytes) };
    // The items of a batch write nothing: the batch does, all of them together.
    if (state !== null && item === null) checkWrites(topology, this.#plan, result.output, state);
    this.#closed();
    if (this.#job.isStopped) {
      this.#drop();
      this.#end(null);
      return;
    }
    this.#result = result;
    this.#once(commitTo(store, runId, this.#execution, result), this.#kept);
  }

  #kept(): void {
    this.#end(this.#result);
  }

  /** @param result `null` for an attempt that was told to stop */
  #end(result: AttemptResult | null): void {
    this.#call?.end();
    if (result !== null) this.#job.succeed(result);
  }

  #fail(error: unknown): void {
    const { input } = this.#job;
    this.#closed();
    const failure = attemptFailure(this.#definition.type, this.#plan, error, this.#host.now(), input.attempt);
    this.#call?.end();
    this.#job.fail(failure);
  }

  #closed(): void {
    this.#measured?.end();
    this.#measured = null;
    this.#opened?.close();
    this.#opened = null;
  }

  #drop(): void {
    const { input } = this.#job;
    const keys = input.item === null ? keysWrittenBy(this.#host.topology, this.#plan.node) : [];
    this.#host.publish({
      type: 'node.late_result_dropped',
      ...about(this.#plan, input),
      attempt: input.attempt,
      ...(keys.length === 0 ? {} : { writes: keys.map(({ name }) => name) }),
    });
  }

  /** Goes on with a value: at once if it is there, or else once it is. */
  #once<T>(value: T | PromiseLike<T>, goOn: (this: Attempt, value: T) => void): void {
    if (!isPromiseLike(value)) {
      goOn.call(this, value);
      return;
    }
    value.then(
      (there) => this.#guarded(goOn, there),
      (error) => this.#fail(error),
    );
  }

  #guarded<T>(goOn: (this: Attempt, value: T) => void, value: T): void {
    try {
      goOn.call(this, value);
    } catch (error) {
      this.#fail(error);
    }
  }
}
