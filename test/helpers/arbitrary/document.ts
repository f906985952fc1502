import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/ir/json.js';

/** Valid documents of every dialect. What follows breaks them. */
export const VALID_DOCUMENTS: readonly JsonValue[] = [
  {
    ir_version: '0.2.0',
    id: 'w',
    inputs: { q: { type: 'str', default: 'x' } },
    outputs: { r: { source: '${b}' } },
    nodes: [
      { id: 'a', type: 'echo', params: { value: '${q}' }, retry: { max_attempts: 3, backoff: 'fixed' } },
      { id: 'b', type: 'echo', depends_on: ['a'], timeout: { attempt_ms: 10 }, uses: ['llm'], when: 'true' },
      {
        id: 'c',
        type: 'echo',
        batch: { items: [1, 2] },
        join: { policy: 'quorum', count: 1 },
        parallel_group: 1,
      },
    ],
    edges: [
      { from: 'a', to: 'c', parallel_group: 'g' },
      { source: 'c', target: 'b', max_iterations: 2 },
    ],
    parallel_groups: { g: { on_error: 'fail_safe', tolerate: { count: 1 } } },
    resources: { llm: { concurrency: 5, rate: { limit: 60, per_ms: 60_000 } } },
  },
  { name: 'w', ir: { nodes: { a: { type: 'echo' }, b: { type: 'echo' } }, edges: [{ from: 'a', to: 'b' }] } },
  {
    workflow_id: 'w',
    inputs: { q: { name: 'q', type: 'string' } },
    outputs: { r: { type: 'string', source_reference: 'steps.a.rows' } },
    steps: [
      { step_id: 'a', tool: 'echo', output_name: 'rows', timeout: 3, retry_on_failure: true, max_retries: 2 },
      {
        step_id: 'b',
        tool_name: 'echo',
        parallel_group: 1,
        depends_on: ['a'],
        input_mapping: { x: 'steps.a.rows' },
      },
      { step_id: 'c', tool: 'echo', parallel_group: 2, depends_on: null },
    ],
  },
  [
    { id: 'a', tool: 'echo', dependencies: [] },
    { id: 'b', tool: 'echo', dependencies: ['a'], description: 'd' },
  ],
  {
    name: 't',
    schemaVersion: '1.5',
    workflow: {
      specification: {
        tasks: [
          { id: 'a', parents: [] },
          { id: 'b', parents: ['a'] },
        ],
      },
      execution: {
        tasks: [
          { id: 'a', runtimeInSeconds: 1 },
          { id: 'b', runtimeInSeconds: 2.5 },
        ],
      },
    },
  },
  {
    pipeline: [
      { id: 'a', type: 'echo' },
      {
        parallel: [{ id: 'b', type: 'echo' }, { pipeline: [{ id: 'c', type: 'echo' }] }],
        on_error: 'fail_safe',
      },
      { id: 'd', type: 'echo' },
    ],
  },
];

const hostileNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'a.b',
  '#x',
  '/',
  '~',
  '\0__proto__',
];
const knownNames = [
  'id',
  'type',
  'nodes',
  'edges',
  'steps',
  'tasks',
  'parallel',
  'pipeline',
  'ir',
  'params',
  'depends_on',
  'typ',
  'inputs',
];
const name = fc.oneof(fc.constantFrom(...hostileNames, ...knownNames), fc.string({ maxLength: 8 }));
const scalar = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    '',
    '4',
    'true',
    '${a.b',
    'steps.a.rows',
    'inputs.__proto__',
  ),
  name,
);
/** Any JSON, with names that break things and names that mean something. */
export const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
})).value;

/** Every place in a document. */
function places(value: JsonValue, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]))];
}

export type Change = {
  readonly kind: 'replace' | 'remove' | 'add' | 'rename';
  readonly at: number;
  readonly key: string;
  readonly value: JsonValue;
};
export const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'add', 'rename'),
  at: fc.nat(),
  key: name,
  value: anyJson,
});

export function changed(document: JsonValue, { kind, at, key, value }: Change): JsonValue {
  const all = places(document);
  const path = all[at % all.length] ?? [];
  const edit = (here: JsonValue, rest: readonly string[]): JsonValue | undefined => {
    const [next, ...further] = rest;
    if (next === undefined) {
      if (kind === 'remove') return undefined;
      if (kind === 'add' && typeof here === 'object' && here !== null) {
        return Array.isArray(here)
          ? [...here, value]
          : Object.fromEntries([...Object.entries(here), [key, value]]);
      }
      return kind === 'rename' ? here : value;
    }
    const renames = kind === 'rename' && further.length === 0;
    const members = Object.entries(here as JsonObject).flatMap(([name, member]) => {
      const result = name === next ? edit(member, further) : member;
      return result === undefined ? [] : [[renames && name === next ? key : name, result] as const];
    });
    return Array.isArray(here) ? members.map(([, member]) => member) : Object.fromEntries(members);
  };
  return edit(document, path) ?? null;
}

/** Valid documents that were changed in a few places. */
export const changedDocument = fc
  .tuple(fc.constantFrom(...VALID_DOCUMENTS), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([document, changes]) => changes.reduce(changed, document));

/** Valid documents as text, cut off somewhere, with a character put in. */
export const brokenText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...VALID_DOCUMENTS),
    fc.boolean(),
    fc.nat(),
    fc.nat(),
    fc.constantFrom('', '"', '{', ']', ',', '\\', '\n', '0', '\u0000'),
  )
  .map(([document, pretty, cut, at, inserted]) => {
    const whole = JSON.stringify(document, null, pretty ? 2 : 0);
    const kept = whole.slice(0, cut % (whole.length + 1));
    const place = at % (kept.length + 1);
    return kept.slice(0, place) + inserted + kept.slice(place);
  });
