import { type Condition, parseCondition } from '../../../src/ir/template/condition.js';
import { parseTemplate } from '../../../src/ir/template/template.js';
import type {
  JoinPolicy,
  RetryPolicy,
  Workflow,
  WorkflowEdge,
  WorkflowGroup,
  WorkflowNode,
  WorkflowResource,
} from '../../../src/ir/workflow.js';
import { branchOf } from './structure.js';

interface NodeSketch {
  readonly depends_on?: readonly string[];
  readonly when?: string;
  readonly join?: Partial<JoinPolicy>;
  readonly on_error?: 'fail_fast' | 'fail_safe' | 'continue';
  /** `E_BUSY -> x`: the error that matches, and the node that runs instead. */
  readonly catch?: readonly string[];
  readonly fallback?: string;
  /** Attempts in all; each wait is 100 ms. */
  readonly attempts?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly priority?: number;
  readonly estimate_ms?: number;
  readonly uses?: { readonly [resource: string]: number };
  readonly compensate?: boolean;
}

interface GroupSketch extends Partial<Pick<WorkflowGroup, 'cancel' | 'maxConcurrency'>> {
  readonly members: readonly string[];
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly tolerate?: { readonly count?: number; readonly percent?: number };
}

export interface WorkflowSketch {
  readonly nodes: { readonly [id: string]: NodeSketch };
  /** `a -> b`, `a -again-> b` with an action, and `a -again*3-> b` for one that closes a loop with `max_iterations: 3`. */
  readonly edges?: readonly string[];
  /** `when` of an edge, by the text of the edge. */
  readonly when?: { readonly [edge: string]: string };
  readonly groups?: { readonly [id: string]: GroupSketch };
  readonly resources?: {
    readonly [name: string]: Partial<Pick<WorkflowResource, 'concurrency' | 'capacity'>>;
  };
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly max_concurrency?: number;
  readonly scheduling?: 'in_order' | 'longest_path';
}

/**
 * A checked workflow from a few words, made without the checker, so that what the rules say can be tried on its own.
 *
 * @example
 * workflowOf({ nodes: { a: {}, b: { depends_on: ['a'] } }, edges: ['b -again*3-> a'] });
 */
export function workflowOf(sketch: WorkflowSketch): Workflow {
  const ids = Object.keys(sketch.nodes);
  const edges = edgesOf(sketch, ids);
  return {
    irVersion: '0.2.0',
    id: 'sketch',
    description: null,
    hash: 'sha256:0',
    inputs: [],
    outputs: [],
    nodes: Object.entries(sketch.nodes).map(([id, node]) => nodeOf(id, node)),
    edges,
    loops: [],
    groups: Object.entries(sketch.groups ?? {}).map(([id, group]) => groupOf(id, group, ids, edges)),
    layout: { loop: null, regions: [] },
    maxConcurrency: sketch.max_concurrency ?? null,
    scheduling: sketch.scheduling ?? 'in_order',
    resources: Object.entries(sketch.resources ?? {}).map(([name, resource]) => ({
      name,
      concurrency: null,
      capacity: null,
      rate: null,
      pointer: '',
      ...resource,
    })),
    state: [],
    onError: sketch.on_error ?? 'fail_fast',
    timeoutMs: null,
    timeoutPointer: '',
    inputsPointer: '',
  };
}

/** In the order of a checked workflow: those written as edges, those of `catch`, those of `depends_on`. */
function edgesOf(sketch: WorkflowSketch, ids: readonly string[]): WorkflowEdge[] {
  const plain = {
    action: null,
    when: null,
    catches: null,
    streams: false,
    closes: null,
    maxIterations: null,
    pointer: '',
    whenPointer: '',
  };
  const written = (sketch.edges ?? []).map((text): WorkflowEdge => {
    const [, from = '', action, max, to = ''] = /^(\S*) -(?:(\w+)(?:\*(\d+))?-)?> (\S*)$/.exec(text) ?? [];
    if (!ids.includes(from) || !ids.includes(to)) throw new Error(`Not an edge of the sketch: ${text}`);
    const when = conditionOf(sketch.when?.[text]);
    const edge = { ...plain, from, to, origin: 'edge' as const, action: action ?? 'default', when };
    return max === undefined ? edge : { ...edge, closes: 0, maxIterations: Number(max) };
  });
  const caught = Object.entries(sketch.nodes).flatMap(([from, node]) =>
    (node.catch ?? []).map((text): WorkflowEdge => {
      const [match = '', to = ''] = text.split(' -> ');
      return { ...plain, from, to, origin: 'catch', catches: { match, as: null } };
    }),
  );
  const dependencies = Object.entries(sketch.nodes).flatMap(([to, node]) =>
    (node.depends_on ?? []).map((from): WorkflowEdge => ({ ...plain, from, to, origin: 'depends_on' })),
  );
  return [...written, ...caught, ...dependencies];
}

function conditionOf(source: string | undefined): Condition | null {
  return source === undefined ? null : parseCondition(source, '');
}

function nodeOf(id: string, node: NodeSketch): WorkflowNode {
  const policy = node.join?.policy ?? 'all_success';
  const count = policy === 'one_success' ? 1 : 0;
  return {
    id,
    type: 'step',
    purpose: null,
    params: parseTemplate({}, ''),
    when: conditionOf(node.when),
    join: { policy, count, cancelRest: false, pointer: '', ...node.join },
    retry: node.attempts === undefined && node.retry === undefined ? null : retryOf(node),
    attemptTimeoutMs: null,
    totalTimeoutMs: null,
    onError: node.on_error ?? null,
    fallback: node.fallback === undefined ? null : { value: node.fallback },
    batch: null,
    stream: false,
    uses: Object.entries(node.uses ?? {}).map(([resource, amount]) => ({ resource, amount })),
    priority: node.priority ?? 0,
    reads: [],
    writes: [],
    compensate:
      node.compensate === true ? { type: 'step', params: parseTemplate({}, ''), pointer: '' } : null,
    inline: null,
    estimateMs: node.estimate_ms ?? null,
    pointer: '',
    paramsPointer: '',
    whenPointer: '',
    timeoutPointer: '',
  };
}

function retryOf({ attempts = 1, retry }: NodeSketch): RetryPolicy {
  return {
    maxAttempts: attempts,
    initialMs: 100,
    factor: 1,
    maxDelayMs: 100,
    jitter: 'none',
    maxElapsedMs: null,
    retryOn: null,
    notOn: [],
    ...retry,
  };
}

function groupOf(
  id: string,
  group: GroupSketch,
  ids: readonly string[],
  edges: readonly WorkflowEdge[],
): WorkflowGroup {
  const { count = null, percent = null } = group.tolerate ?? {};
  const tolerate = group.tolerate === undefined ? null : { count, percent };
  return {
    id,
    description: null,
    fork: null,
    // As the checker fills it in.
    onError: group.on_error ?? (tolerate === null ? null : 'fail_safe'),
    tolerate,
    cancel: group.cancel ?? 'abort',
    maxConcurrency: group.maxConcurrency ?? null,
    branches: group.members.map((member) => ({ member, nodes: [...branchOf(member, ids, edges)] })),
    pointer: '',
  };
}
