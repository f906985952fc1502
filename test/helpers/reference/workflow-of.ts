import { type Condition, parseCondition } from '../../../src/ir/template/condition.js';
import { parseTemplate } from '../../../src/ir/template/template.js';
import type { RetryPolicy, Workflow, WorkflowEdge } from '../../../src/ir/workflow.js';

interface NodeSketch {
  readonly depends_on?: readonly string[];
  readonly when?: string;
  readonly on_error?: 'continue';
  /** Attempts in all; each wait is 100 ms. */
  readonly attempts?: number;
}

interface WorkflowSketch {
  readonly nodes: { readonly [id: string]: NodeSketch };
  /** `a -> b`, `a -again-> b` with an action, and `a -again*3-> b` for one that closes a loop with `max_iterations: 3`. */
  readonly edges?: readonly string[];
  /** `when` of an edge, by the text of the edge. */
  readonly when?: { readonly [edge: string]: string };
  readonly on_error?: 'fail_fast' | 'fail_safe';
  readonly max_concurrency?: number;
}

/**
 * A checked workflow from a few words, made without the checker, so that what the rules say can be tried on its own.
 *
 * @example
 * workflowOf({ nodes: { a: {}, b: { depends_on: ['a'] } }, edges: ['b -again*3-> a'] });
 */
export function workflowOf(sketch: WorkflowSketch): Workflow {
  const ids = Object.keys(sketch.nodes);
  const conditionOf = (source: string | undefined): Condition | null =>
    source === undefined ? null : parseCondition(source, '');
  const edges: WorkflowEdge[] = [];
  for (const text of sketch.edges ?? []) {
    const [, from = '', action, max, to = ''] = /^(\S*) -(?:(\w+)(?:\*(\d+))?-)?> (\S*)$/.exec(text) ?? [];
    if (!ids.includes(from) || !ids.includes(to)) throw new Error(`Not an edge of the sketch: ${text}`);
    const isClosing = max !== undefined;
    edges.push({
      from,
      to,
      action: action ?? 'default',
      when: conditionOf(sketch.when?.[text]),
      origin: 'edge',
      catches: null,
      streams: false,
      closes: isClosing ? 0 : null,
      maxIterations: isClosing ? Number(max) : null,
      pointer: '',
      whenPointer: '',
    });
  }
  for (const [to, node] of Object.entries(sketch.nodes)) {
    for (const from of node.depends_on ?? []) {
      const rest = {
        action: null,
        when: null,
        closes: null,
        maxIterations: null,
        pointer: '',
        whenPointer: '',
        catches: null,
        streams: false,
      };
      edges.push({ from, to, origin: 'depends_on', ...rest });
    }
  }
  return {
    irVersion: '0.2.0',
    id: 'sketch',
    description: null,
    hash: 'sha256:0',
    inputs: [],
    outputs: [],
    nodes: Object.entries(sketch.nodes).map(([id, node]) => ({
      id,
      type: 'step',
      purpose: null,
      params: parseTemplate({}, ''),
      when: conditionOf(node.when),
      retry: node.attempts === undefined ? null : retryOf(node.attempts),
      attemptTimeoutMs: null,
      totalTimeoutMs: null,
      onError: node.on_error === 'continue' ? 'continue' : null,
      join: { policy: 'all_success', count: 0, cancelRest: false, pointer: '' },
      fallback: null,
      batch: null,
      stream: false,
      uses: [],
      priority: 0,
      reads: [],
      writes: [],
      compensate: null,
      inline: null,
      estimateMs: null,
      pointer: '',
      paramsPointer: '',
      whenPointer: '',
      timeoutPointer: '',
    })),
    edges,
    loops: [],
    groups: [],
    layout: { loop: null, regions: [] },
    maxConcurrency: sketch.max_concurrency ?? null,
    scheduling: 'in_order',
    resources: [],
    state: [],
    onError: sketch.on_error ?? 'fail_fast',
    timeoutMs: null,
    timeoutPointer: '',
    inputsPointer: '',
  };
}

function retryOf(maxAttempts: number): RetryPolicy {
  return {
    maxAttempts,
    initialMs: 100,
    factor: 1,
    maxDelayMs: 100,
    jitter: 'none',
    maxElapsedMs: null,
    retryOn: null,
    notOn: [],
  };
}
