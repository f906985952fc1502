import type { WorkflowCall } from '../actors/workflow.js';
import { type Failure, ForkchartError, InvalidWorkflowError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { Workflow } from '../ir/workflow.js';
import type { ScopeContext } from '../machines/context.js';
import { itemName } from '../machines/names.js';
import type { NodePlan } from '../machines/topology.js';
import type { AttemptOfNode } from './attempt-host.js';
import { bindInputs } from './inputs.js';
import { fillOutputs } from './outputs.js';
import type { RunStatus } from './record.js';
import { RunScope } from './run-scope.js';
import { describeThrown } from './thrown.js';

/**
 * Runs a workflow inside of a run, for an attempt at a node of type `workflow`: its outputs. Aborting the attempt cancels it;
 * the promise settles only once it has ended, so that its functions have returned or had their grace period.
 *
 * @throws ForkchartError FC5017 with what went wrong as its cause; FC2012 for a name that is not registered
 */
export async function runSubWorkflow(
  parent: RunScope,
  call: WorkflowCall,
  { plan, input, execution, signal }: AttemptOfNode,
): Promise<JsonValue> {
  const { run } = parent;
  const { runner } = run;
  const workflow = call.ref === null ? inlineOf(plan) : loadNamed(parent, call.ref);
  const chain = [...parent.chain, call.ref ?? workflow.id];
  if (chain.length - 1 > runner.maxDepth) throw tooDeep(chain, runner.maxDepth);
  const title = call.ref ?? workflow.id;
  const inputs = bind(title, workflow, call.inputs, runner.resultBytes);
  const name = input.item === null ? input.name : itemName(input.name, input.item.index);
  // Another attempt is another run: what the last one has done is done again.
  const attempt = input.attempt === 1 ? '' : `:${input.attempt}`;
  const executionPrefix = `${execution}${attempt}/`;
  const chart = runner.chartOf(workflow);
  const scope = new RunScope({
    run,
    chart,
    places: parent.places.openWithin(plan.index, {
      workflow,
      demands: chart.demands,
      observer: run.meter,
    }),
    inputs,
    seed: seedOf(run.seed, executionPrefix),
    sub: { name, executionPrefix, chain },
  });
  if (input.item === null) parent.records.keepInner(plan.index, scope.records);
  const { status, context } = await ended(scope, signal);
  signal.throwIfAborted();
  const { outputs, failure } = fillOutputs(scope.topology, context);
  if (status === 'succeeded' && failure === null) return outputs as JsonObject;
  throw failed(title, context.failure ?? failure);
}

interface Ended {
  readonly status: RunStatus;
  readonly context: ScopeContext;
}

function ended(scope: RunScope, signal: AbortSignal): Promise<Ended> {
  return new Promise<Ended>((resolve, reject) => {
    const cancel = (): void => scope.cancel(describeThrown(signal.reason)[0]?.message ?? '');
    const over = (): void => signal.removeEventListener('abort', cancel);
    scope.start(
      (status, context) => {
        over();
        resolve({ status, context });
      },
      (error) => {
        over();
        reject(brokeDown(scope, error));
      },
    );
    signal.addEventListener('abort', cancel, { once: true });
  });
}

function inlineOf({ node }: NodePlan): Workflow {
  if (node.inline !== null) return node.inline;
  throw new ForkchartError('FC5009', 'The node has neither a `ref` nor an `inline` workflow.', {
    hint: 'Write `ref`, the name of a registered workflow, or the workflow itself as `inline`.',
    terminal: true,
  });
}

function loadNamed({ run }: RunScope, ref: string): Workflow {
  try {
    return run.runner.workflowNamed(ref);
  } catch (error) {
    if (!(error instanceof InvalidWorkflowError)) throw error;
    throw new ForkchartError('FC5017', `Workflow \`${ref}\` cannot be run: ${error.message}`, {
      hint: error.hint,
      cause: error,
      terminal: true,
    });
  }
}

function bind(title: string, workflow: Workflow, given: JsonObject, resultBytes: number): JsonObject {
  try {
    return bindInputs(workflow, given, resultBytes);
  } catch (error) {
    if (!(error instanceof ForkchartError)) throw error;
    throw new ForkchartError('FC5017', `Workflow \`${title}\` did not begin: ${error.message}`, {
      hint: error.hint,
      cause: error,
      terminal: true,
    });
  }
}

function tooDeep(chain: readonly string[], most: number): ForkchartError {
  const shown = chain.map((id) => `\`${id}\``).join(' > ');
  return new ForkchartError('FC5017', `More than ${most} workflows run inside one another: ${shown}.`, {
    hint: 'A workflow that runs itself needs a condition under which it no longer does.',
    terminal: true,
  });
}

function failed(title: string, failure: Failure | null): ForkchartError {
  if (failure === null) throw new Error(`Workflow ${title} failed without a failure.`);
  const where = failure.node === null ? '' : ` at \`${failure.node}\``;
  return new ForkchartError('FC5017', `Workflow \`${title}\` failed${where}: ${failure.message}`, {
    hint: failure.hint,
    cause: asError(failure),
  });
}

/** The failure of an inner node as what causes the outer one's: `retry_on` and `catch` may name its code, or what caused it. */
function asError(failure: Failure): Error {
  const inner = (failure.causes ?? []).reduceRight<Error | undefined>(
    (cause, { name, message, code }) => errorOf(name, message, code, cause),
    undefined,
  );
  return errorOf('ForkchartError', failure.message, failure.code, inner);
}

function errorOf(name: string, message: string, code: string | undefined, cause: Error | undefined): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name }, code === undefined ? {} : { code });
}

function brokeDown({ topology }: RunScope, error: unknown): ForkchartError {
  const says = error instanceof Error ? error.message : String(error);
  return new ForkchartError(
    'FC9003',
    `The chart of workflow \`${topology.workflow.id}\` broke down: ${says}`,
    {
      hint: 'This is a defect of forkchart; please report it with the workflow.',
      cause: error,
      terminal: true,
    },
  );
}

/** A seed of its own for each sub-run, or all of them would wait the same random times. FNV-1a. */
function seedOf(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
