import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../../src/ir/diagnostics/codes.js';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import { readDocument } from '../../../../src/ir/dialects/read-document.js';
import { canonicalJson } from '../../../../src/ir/hash.js';
import type { JsonObject, JsonValue } from '../../../../src/ir/json.js';
import { coreSchema } from '../../../../src/ir/schema/core.js';
import { parseText } from '../../../../src/ir/text.js';

/** Valid documents of every dialect. What follows breaks them. */
const VALID: readonly JsonValue[] = [
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
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
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

type Change = {
  readonly kind: 'replace' | 'remove' | 'add' | 'rename';
  readonly at: number;
  readonly key: string;
  readonly value: JsonValue;
};
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'add', 'rename'),
  at: fc.nat(),
  key: name,
  value: json,
});

function changed(document: JsonValue, { kind, at, key, value }: Change): JsonValue {
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

const mutated = fc
  .tuple(fc.constantFrom(...VALID), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([document, changes]) => changes.reduce(changed, document));

function expectGood(diagnostics: readonly Diagnostic[]): void {
  for (const { code, path, message, hint, fix } of diagnostics) {
    expect(Object.hasOwn(CODES, code)).toBe(true);
    expect(path === '' || path.startsWith('/')).toBe(true);
    expect(message.length).toBeGreaterThan(5);
    expect(hint.length).toBeGreaterThan(5);
    expect(`${message}${hint}`).not.toMatch(/undefined|\[object|Invalid input|expected string, received/);
    for (const operation of fix ?? []) expect(operation.path.startsWith('/')).toBe(true);
  }
}

/** Whether a pointer leads to something in a document; the last step may be missing, as a missing key's is. */
function leadsSomewhere(document: JsonValue, pointer: string): boolean {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: JsonValue | undefined = document;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false;
    value = (value as JsonObject)[segment];
  }
  return true;
}

function expectWellRead(document: JsonValue): void {
  const { source, diagnostics } = readDocument(document);
  expectGood(diagnostics);
  for (const { path } of diagnostics) expect(leadsSomewhere(document, path), path).toBe(true);
  if (source === null) {
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    return;
  }
  // What comes out is the core form, whatever went in: read again it is the same, and there is nothing to say of it.
  expect(coreSchema.parse(source.core)).toEqual(source.core);
  expect(canonicalJson(source.core).length).toBeGreaterThan(0);
  source.core.nodes.forEach((_, i) => {
    expect(leadsSomewhere(document, source.pointerOf(`/nodes/${i}`))).toBe(true);
  });
  source.core.edges.forEach((_, i) => {
    expect(leadsSomewhere(document, source.pointerOf(`/edges/${i}`))).toBe(true);
  });
}

const globals = () =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype].map((prototype) =>
    Reflect.ownKeys(prototype).map(String).sort(),
  );

describe('reading any document (P13, P14)', () => {
  const before = globals();

  it.each(VALID.map((document, i) => [i, document] as const))(
    'finds nothing wrong with valid document %i',
    (_, document) => {
      expect(readDocument(document).diagnostics).toEqual([]);
      expectWellRead(document);
    },
  );

  it('answers to random JSON', () => {
    fc.assert(fc.property(json, expectWellRead), { seed: 11, numRuns: 1000 });
  });

  it('answers to valid documents that were changed in a few places', () => {
    fc.assert(fc.property(mutated, expectWellRead), { seed: 12, numRuns: 3000 });
  });

  it('answers to any JavaScript value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    const value = fc.oneof(
      anything,
      anything.map((nodes) => ({ nodes })),
      anything.map((node) => ({ nodes: [node] })),
    );
    fc.assert(
      fc.property(value, (any) => {
        expectGood(readDocument(any).diagnostics);
      }),
      { seed: 13, numRuns: 1000 },
    );
  });

  it('answers to texts that were cut off or had characters changed', () => {
    const text = fc
      .tuple(
        fc.constantFrom(...VALID),
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
    fc.assert(
      fc.property(text, (cut) => {
        const parsed = parseText(cut);
        if (parsed.ok) expectWellRead(parsed.value);
        else {
          expect(parsed.diagnostics.length).toBeGreaterThan(0);
          expectGood(parsed.diagnostics);
        }
      }),
      { seed: 14, numRuns: 2000 },
    );
  });

  it('answers to real traces that were changed', () => {
    const trace = JSON.parse(
      readFileSync(
        new URL('../../../data/traces/helloworld-forkjoin-10-chameleon.json', import.meta.url),
        'utf8',
      ),
    ) as JsonValue;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        expectWellRead(changes.reduce(changed, trace));
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  it('changes no global', () => {
    expect(globals()).toEqual(before);
    expect(Object.keys({})).toEqual([]);
  });
});
