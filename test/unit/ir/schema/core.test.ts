import { describe, expect, it } from 'vitest';
import { type CoreIr, coreSchema } from '../../../../src/ir/schema/core.js';

const parse = (value: unknown): CoreIr => coreSchema.parse(value);
const node = (more: object): unknown => ({ nodes: [{ id: 'a', type: 'echo', ...more }] });

describe('the core schema', () => {
  it('fills in what was left out', () => {
    expect(parse({ nodes: [{ id: 'a', type: 'echo' }], edges: [{ from: 'a', to: 'a' }] })).toEqual({
      ir_version: '0.2.0',
      inputs: {},
      outputs: {},
      nodes: [{ id: 'a', type: 'echo', params: {} }],
      edges: [{ from: 'a', to: 'a', action: 'default' }],
    });
  });

  it.each([
    ['0.1', '0.1.0'],
    ['0.1.0', '0.1.0'],
    ['0.2', '0.2.0'],
    ['0.2.0', '0.2.0'],
  ])('takes ir_version %s as %s', (written, version) => {
    expect(parse({ ir_version: written, nodes: [] }).ir_version).toBe(version);
  });

  it.each([
    ['str', 'string'],
    ['int', 'integer'],
    ['float', 'number'],
    ['bool', 'boolean'],
    ['dict', 'object'],
    ['list', 'array'],
    ['integer', 'integer'],
    ['any', 'any'],
  ])('takes the input type %s as %s', (written, type) => {
    expect(parse({ nodes: [], inputs: { q: { type: written } } }).inputs.q?.type).toBe(type);
  });

  it('requires an input that has no default, and no other', () => {
    const { inputs } = parse({
      nodes: [],
      inputs: { a: {}, b: { default: null }, c: { required: false }, d: { required: true, default: 1 } },
    });
    expect(Object.values(inputs).map((input) => input.required)).toEqual([true, false, false, true]);
  });

  it('fills in a retry policy and takes words for its factor', () => {
    const retry = (value: object) => parse(node({ retry: value })).nodes[0]?.retry;
    expect(retry({ max_attempts: 3 })).toEqual({
      max_attempts: 3,
      initial_ms: 1000,
      backoff: 2,
      max_delay_ms: 60_000,
      jitter: 'none',
    });
    expect(retry({ max_attempts: 3, backoff: 'exponential' })?.backoff).toBe(2);
    expect(retry({ max_attempts: 3, backoff: 'fixed' })?.backoff).toBe(1);
    expect(retry({ max_attempts: 3, backoff: 'constant' })?.backoff).toBe(1);
    expect(retry({ max_attempts: 3, backoff: 1.5 })?.backoff).toBe(1.5);
  });

  it('takes uses as a list or a map', () => {
    expect(parse(node({ uses: ['llm', 'gpu'] })).nodes[0]?.uses).toEqual({ llm: 1, gpu: 1 });
    expect(parse(node({ uses: { llm: 2 } })).nodes[0]?.uses).toEqual({ llm: 2 });
  });

  it('takes a number for the name of a group', () => {
    expect(parse(node({ parallel_group: 1 })).nodes[0]?.parallel_group).toBe('1');
  });

  it('keeps every field of every level', () => {
    const core = {
      ir_version: '0.2.0',
      id: 'w',
      description: 'd',
      inputs: { q: { description: 'd', type: 'string', required: false, default: 'x' } },
      outputs: { r: { description: 'd', type: 'any', source: '${a}' } },
      nodes: [
        {
          id: 'a',
          type: 'echo',
          purpose: 'p',
          params: { value: [1] },
          depends_on: ['b'],
          parallel_group: 'g',
          when: 'q == 1',
          join: { policy: 'quorum', count: 2, cancel_rest: true },
          retry: {
            max_attempts: 2,
            initial_ms: 0,
            backoff: 1,
            max_delay_ms: 0,
            jitter: 'full',
            max_elapsed_ms: 1,
            retry_on: ['x'],
            not_on: ['y'],
          },
          timeout: { attempt_ms: 1, total_ms: 2 },
          on_error: 'continue',
          fallback: null,
          catch: [{ match: '*', goto: 'b', as: 'e' }],
          batch: {
            items: '${q}',
            as: 'it',
            parallel: false,
            max_concurrent: 1,
            batch_size: 1,
            error_handling: 'fail_safe',
            max_retries: 0,
            retry_wait: 0,
            tolerate: { count: 0, percent: 50 },
            timeout: { attempt_ms: 1 },
            reduce: 'sum',
          },
          batch_mode: true,
          stream: true,
          uses: { llm: 1 },
          priority: -1,
          reads: ['k'],
          writes: ['k'],
          effects: 'pure',
          estimate_ms: 0,
          compensate: { type: 'echo', params: {} },
        },
      ],
      edges: [{ from: 'a', to: 'b', action: 'x', parallel_group: 'g', when: 'true', max_iterations: 2 }],
      start_node: 'a',
      execution_mode: 'batch',
      batch_config: { batch_size: 1, error_handling: 'continue', max_concurrent: 2 },
      parallel_groups: {
        g: {
          description: 'd',
          on_error: 'fail_safe',
          tolerate: { count: 1 },
          cancel: 'drain',
          max_concurrency: 2,
        },
      },
      resources: { llm: { concurrency: 5, rate: { limit: 60, per_ms: 60_000 } }, gpu: { capacity: 'auto' } },
      max_concurrency: 4,
      on_error: 'fail_safe',
      timeout_ms: 1,
      state: { k: { schema: { type: 'array' }, reducer: 'append', default: [] } },
    };
    expect(parse(core)).toEqual(core);
  });

  it('drops $schema, which says nothing about the workflow', () => {
    expect(Object.hasOwn(parse({ $schema: 'x', nodes: [] }), '$schema')).toBe(false);
  });

  it('keeps names that mean something to JavaScript as own keys', () => {
    const names = ['__proto__', 'constructor', 'prototype', '', 'a.b', '#x', '\0__proto__'];
    const inputs = Object.fromEntries(names.map((key) => [key, { type: 'string' }]));
    const core = parse({ nodes: [], inputs });
    expect(Object.keys(core.inputs)).toEqual(names);
    expect(Object.getPrototypeOf(core.inputs)).toBe(Object.prototype);
  });

  it.each([
    ['an unknown key', { nodes: [], nope: 1 }],
    ['__proto__ as a key of its own', JSON.parse('{"nodes":[],"__proto__":1}')],
    ['an unknown version', { ir_version: '9', nodes: [] }],
    ['no nodes', {}],
    ['a quorum without a count', node({ join: { policy: 'quorum' } })],
    ['a loop of no iterations', { nodes: [], edges: [{ from: 'a', to: 'b', max_iterations: 0 }] }],
    ['a number of seconds for a timeout', node({ timeout: 30 })],
    ['a list of params', node({ params: [] })],
  ])('refuses %s', (_, value) => {
    expect(coreSchema.safeParse(value).success).toBe(false);
  });
});
