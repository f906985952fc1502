/**
 * What other systems and language models call a field, by our name for it. Looked up before spelling is: nobody can
 * guess from the letters that `tool` is a node's `type`.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  id: ['name', 'title', 'workflow_id', 'workflow_name', 'node_id', 'task_id', 'key'],
  step_id: ['id', 'name'],
  type: ['tool', 'tool_name', 'kind', 'node_type'],
  tool: ['type', 'tool_id', 'function'],
  params: ['parameters', 'args', 'arguments', 'input', 'inputs', 'config', 'with', 'input_mapping'],
  input_mapping: ['params', 'parameters', 'args', 'arguments', 'inputs', 'input'],
  depends_on: ['dependencies', 'needs', 'requires', 'after', 'parents', 'dependsOn'],
  dependencies: ['depends_on', 'needs', 'requires', 'after', 'parents', 'dependsOn'],
  parallel_group: ['group'],
  purpose: ['description', 'comment', 'note'],
  description: ['purpose', 'comment', 'note'],
  from: ['source', 'src', 'start'],
  to: ['target', 'dest', 'destination', 'end'],
  when: ['condition', 'if', 'expression'],
  action: ['on', 'label', 'outcome'],
  max_attempts: ['attempts'],
  initial_ms: ['delay_ms', 'initial_delay_ms', 'wait_ms', 'interval_ms'],
  backoff: ['factor', 'multiplier', 'backoff_factor', 'backoff_multiplier'],
  attempt_ms: ['timeout_ms', 'ms', 'per_attempt_ms'],
  estimate_ms: ['duration_ms', 'estimated_ms'],
  max_concurrency: ['concurrency', 'max_concurrent', 'max_parallel', 'parallelism'],
  max_concurrent: ['concurrency', 'max_concurrency', 'max_parallel'],
  start_node: ['start', 'start_at', 'entry', 'entry_point', 'root'],
  source: ['value', 'from', 'ref'],
  nodes: ['steps', 'tasks'],
  edges: ['connections', 'links', 'transitions'],
  default: ['value', 'default_value'],
};

/** Fields that hold a list of names, in which one name alone is easily read. */
export const NAME_LISTS: ReadonlySet<string> = new Set([
  'depends_on',
  'dependencies',
  'parents',
  'reads',
  'writes',
  'retry_on',
  'not_on',
]);

/** What a field may hold, to show how it is written. */
const EXAMPLES: Readonly<Record<string, string>> = {
  id: '"fetch"',
  step_id: '"fetch"',
  type: '"echo"',
  tool: '"echo"',
  params: '{ "value": "${fetch.rows}" }',
  input_mapping: '{ "rows": "steps.fetch.rows" }',
  depends_on: '["fetch"]',
  dependencies: '["fetch"]',
  from: '"fetch"',
  to: '"report"',
  retry: '{ "max_attempts": 3 }',
  timeout: '{ "attempt_ms": 30000 }',
  max_attempts: '3',
  max_iterations: '10',
  max_concurrency: '4',
  join: '{ "policy": "all_success" }',
  batch: '{ "items": "${fetch.rows}" }',
  items: '"${fetch.rows}"',
  uses: '{ "llm": 1 }',
  source: '"${fetch.rows}"',
  nodes: '[{ "id": "fetch", "type": "echo" }]',
  edges: '[{ "from": "fetch", "to": "report" }]',
  steps: '[{ "step_id": "fetch", "tool": "echo" }]',
  tasks: '[{ "id": "fetch", "tool": "echo", "dependencies": [] }]',
  inputs: '{ "topic": { "type": "string" } }',
  outputs: '{ "report": { "source": "${report}" } }',
  when: '"fetch.count > 0"',
  ir_version: '"0.2.0"',
  tolerate: '{ "count": 1 }',
  rate: '{ "limit": 60, "per_ms": 60000 }',
  priority: '10',
  resources: '{ "llm": { "concurrency": 5 } }',
  catch: '[{ "match": "*", "goto": "repair" }]',
  compensate: '{ "type": "function", "params": { "name": "undo" } }',
};

/** The known key that an unknown one stands for in other systems; `null` if none. */
export function meantKey(key: string, known: readonly string[]): string | null {
  return known.find((name) => Object.hasOwn(ALIASES, name) && ALIASES[name]?.includes(key)) ?? null;
}

/** A value for a field as it would be written; `null` where none is known. */
export function exampleOf(key: string): string | null {
  return Object.hasOwn(EXAMPLES, key) ? (EXAMPLES[key] ?? null) : null;
}
