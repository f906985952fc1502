import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/ir/json.js';
import { workflowJsonSchema } from '../../../src/ir/json-schema.js';
import { coreSchema } from '../../../src/ir/schema/core.js';

/** As much of JSON Schema as the schema uses; a keyword that it does not know makes it throw. */
function accepts(schema: JsonObject, value: JsonValue, root: JsonObject = schema): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    switch (keyword) {
      case '$schema':
      case '$defs':
      case 'title':
      case 'description':
      case 'default':
        return true;
      case '$ref':
        return accepts(definition(root, String(argument)), value, root);
      case 'type':
        return [argument].flat().some((type) => hasType(String(type), value));
      case 'const':
        return value === argument;
      case 'enum':
        return (argument as JsonValue[]).includes(value);
      case 'anyOf':
        return (argument as JsonObject[]).some((option) => accepts(option, value, root));
      case 'minimum':
        return typeof value !== 'number' || value >= Number(argument);
      case 'maximum':
        return typeof value !== 'number' || value <= Number(argument);
      case 'exclusiveMinimum':
        return typeof value !== 'number' || value > Number(argument);
      case 'items':
        return !Array.isArray(value) || value.every((item) => accepts(argument as JsonObject, item, root));
      case 'required':
        return !isObject || (argument as string[]).every((key) => Object.hasOwn(value, key));
      case 'properties':
        return (
          !isObject ||
          Object.entries(argument as JsonObject).every(
            ([key, member]) =>
              !Object.hasOwn(value, key) ||
              accepts(member as JsonObject, (value as JsonObject)[key] ?? null, root),
          )
        );
      case 'additionalProperties':
        return (
          !isObject ||
          Object.entries(value).every(([key, member]) => {
            const known = schema.properties as JsonObject | undefined;
            if (known !== undefined && Object.hasOwn(known, key)) return true;
            return argument === false ? false : accepts(argument as JsonObject, member, root);
          })
        );
      default:
        throw new Error(`The schema uses ${keyword}, which this test does not know.`);
    }
  });
}

function definition(root: JsonObject, reference: string): JsonObject {
  const found = (root.$defs as JsonObject)[reference.replace('#/$defs/', '')];
  if (found === undefined) throw new Error(`${reference} is not defined`);
  return found as JsonObject;
}

function hasType(type: string, value: JsonValue): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

const node = (more: object): JsonObject => ({ nodes: [{ id: 'a', type: 'echo', ...more }] });
const documents: readonly JsonObject[] = [
  { nodes: [] },
  { $schema: 'x', ir_version: '0.1', nodes: [], start_node: 'a', timeout_ms: 1, max_concurrency: 1 },
  { nodes: [], inputs: { q: { type: 'str', default: null } }, outputs: { r: { source: '${a}' } } },
  node({ params: { any: ['thing'] }, depends_on: ['b'], parallel_group: 2, when: 'true', fallback: null }),
  node({ retry: { max_attempts: 1, backoff: 'fixed', jitter: 'full' }, timeout: { attempt_ms: 0.5 } }),
  node({ uses: ['gpu'], batch: { items: '${q}' }, batch_mode: true, catch: [{ match: '*', goto: 'b' }] }),
  node({ uses: { gpu: 1 }, batch: { items: [1] }, batch_mode: 'parallel', join: { policy: 'all_done' } }),
  { nodes: [], resources: { gpu: { capacity: 'auto', rate: { limit: 1, per_ms: 1 } } }, state: { k: {} } },
  node({ priority: -3, batch: { items: [], reduce: 'none' }, compensate: { type: 'echo' } }),
  { nodes: [], state: { k: { reducer: 'append', default: [] } } },
  { nodes: [], edges: [{ from: 'a', to: 'b', max_iterations: 3, parallel_group: 'g' }] },
  {},
  { nodes: {} },
  { nodes: [], node: [] },
  { nodes: [], ir_version: '3' },
  { nodes: [], max_concurrency: 0 },
  { nodes: [], timeout_ms: 0 },
  { nodes: [], edges: [{ from: 'a' }] },
  { nodes: [], edges: [{ from: 'a', to: 'b', max_iterations: 1.5 }] },
  { nodes: [], outputs: { r: {} } },
  { nodes: [], inputs: { q: { type: 'text' } } },
  node({ params: [] }),
  node({ params: null }),
  node({ type: 1 }),
  node({ retry: {} }),
  node({ retry: { max_attempts: 1, backoff: 0 } }),
  node({ uses: [1] }),
  node({ uses: { gpu: 0 } }),
  node({ batch: {} }),
  node({ batch_mode: 'both' }),
  node({ priority: 1.5 }),
  node({ batch: { items: [], reduce: 'product' } }),
  { nodes: [], state: { k: { reducer: 'product' } } },
  node({ tool: 'x' }),
];

describe('the JSON Schema', () => {
  it.each(documents.map((document) => [JSON.stringify(document), document] as const))(
    'says of %s what the checker says',
    (_, document) => {
      expect(accepts(workflowJsonSchema(), document)).toBe(coreSchema.safeParse(document).success);
    },
  );

  it('is the same text every time', () => {
    expect(JSON.stringify(workflowJsonSchema())).toBe(JSON.stringify(workflowJsonSchema()));
  });

  it('requires what must be written and nothing that has a default', () => {
    const schema = workflowJsonSchema();
    expect(schema.required).toEqual(['nodes']);
    expect(definition(schema, 'Node').required).toEqual(['id', 'type']);
    expect(definition(schema, 'Edge').required).toEqual(['from', 'to']);
    expect(definition(schema, 'Retry').required).toEqual(['max_attempts']);
  });

  it('explains every field to those who cannot read the source', () => {
    const schema = workflowJsonSchema();
    const owners = [schema, ...Object.values(schema.$defs as JsonObject)] as JsonObject[];
    for (const owner of owners) {
      for (const [key, field] of Object.entries((owner.properties ?? {}) as JsonObject)) {
        const { description, $ref } = field as JsonObject;
        const told = description ?? ($ref === undefined ? '' : definition(schema, String($ref)).description);
        expect(typeof told === 'string' && told.length > 10, `${key}: ${String(told)}`).toBe(true);
      }
    }
  });

  it('is plain JSON with a title', () => {
    const schema = workflowJsonSchema();
    expect(JSON.parse(JSON.stringify(schema))).toStrictEqual(schema);
    expect(schema.title).toBe('forkchart workflow');
  });
});
