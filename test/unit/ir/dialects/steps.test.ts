import { describe, expect, it } from 'vitest';
import { readDocument } from './reading.js';

const problems = (value: unknown) =>
  readDocument(value).diagnostics.map(({ code, path }) => `${code} ${path}`);
const step = (step_id: string, more: object = {}) => ({ step_id, tool: 'echo', ...more });
const read = (value: unknown) => {
  const { source, dialect, diagnostics } = readDocument(value);
  expect(dialect).toBe('steps');
  expect(diagnostics).toEqual([]);
  if (source === null) throw new Error('nothing was read');
  return source;
};
/** What each step waits for. */
const waits = (steps: readonly object[]) =>
  Object.fromEntries(read({ steps }).core.nodes.map(({ id, depends_on }) => [id, depends_on ?? []]));

describe('a step plan', () => {
  it('is lowered with everything that it says', () => {
    const { core } = read({
      workflow_id: 'jokes',
      description: 'd',
      version: '1.0.0',
      inputs: { topic: { name: 'topic', type: 'string', required: true } },
      outputs: { joke: { type: 'string', source_reference: 'steps.write.joke' } },
      steps: [
        {
          step_id: 'write',
          type: 'llm_call',
          description: 'Write a joke',
          tool_name: 'content_generator',
          prompt_template: 'About ${inputs.topic}',
          input_mapping: { topic: 'inputs.topic' },
          output_name: 'joke',
          timeout: 1.5,
          retry_on_failure: true,
          max_retries: 2,
          parallel_group: null,
          depends_on: [],
        },
      ],
    });
    expect(core).toEqual({
      ir_version: '0.2.0',
      id: 'jokes',
      description: 'd',
      inputs: { topic: { type: 'string', required: true } },
      outputs: { joke: { type: 'string', source: '${write}' } },
      nodes: [
        {
          id: 'write',
          type: 'content_generator',
          purpose: 'Write a joke',
          params: { prompt_template: 'About ${inputs.topic}', topic: '${inputs.topic}' },
          timeout: { attempt_ms: 1500 },
          retry: { max_attempts: 3, initial_ms: 1000, backoff: 2, max_delay_ms: 60_000, jitter: 'none' },
        },
      ],
      edges: [],
    });
  });

  it('may be a bare list of steps', () => {
    const source = read([step('a'), step('b')]);
    expect(source.core.nodes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(source.pointerOf('/nodes/1/type')).toBe('/1/tool');
    expect(problems([step('a', { tol: 1 })])).toEqual(['FC1003 /0/tol']);
  });

  it('retries three times where it says that it should but not how often', () => {
    expect(read({ steps: [step('a', { retry_on_failure: true })] }).core.nodes[0]?.retry?.max_attempts).toBe(
      4,
    );
    expect(
      read({ steps: [step('a', { retry_on_failure: false, max_retries: 3 })] }).core.nodes[0]?.retry,
    ).toBe(undefined);
    expect(readDocument({ steps: [step('a', { max_retries: 3 })] }).diagnostics).toMatchObject([
      { code: 'FC1004', severity: 'warning', path: '/steps/0/max_retries' },
    ]);
  });

  it('points at the author’s words', () => {
    const source = read({
      steps: [step('a', { depends_on: ['x'], timeout: 1, retry_on_failure: true, description: 'd' })],
      outputs: { r: { source_reference: 'steps.a.output' } },
    });
    expect(
      [
        '/nodes/0',
        '/id',
        '/type',
        '/params/x',
        '/depends_on/0',
        '/timeout/attempt_ms',
        '/retry/max_attempts',
        '/purpose',
      ].map((pointer, i) => source.pointerOf(i === 0 ? pointer : `/nodes/0${pointer}`)),
    ).toEqual([
      '/steps/0',
      '/steps/0/step_id',
      '/steps/0/tool',
      '/steps/0/input_mapping/x',
      '/steps/0/depends_on/0',
      '/steps/0/timeout',
      '/steps/0/retry_on_failure',
      '/steps/0/description',
    ]);
    expect(source.pointerOf('/outputs/r/source')).toBe('/outputs/r/source_reference');
    expect(source.patchable).toBe(false);
  });

  it('has all its problems reported, by its own words', () => {
    const value = {
      steps: [
        step('a', { dependson: [] }),
        { step_id: 'b' },
        { tool: 'echo' },
        step('d', { timeout: '3', type: 4 }),
        { step_id: 'e', tool_name: 5 },
      ],
    };
    expect(problems(value).sort()).toEqual(
      [
        'FC1003 /steps/0/dependson',
        'FC1005 /steps/1',
        'FC1005 /steps/2',
        'FC1004 /steps/3/timeout',
        'FC1004 /steps/3/type',
        'FC1004 /steps/4/tool_name',
      ].sort(),
    );
    const { source, diagnostics } = readDocument(value);
    expect(source?.core.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'e']);
    expect(source?.pointerOf('/nodes/2/type')).toBe('/steps/3/tool');
    expect(diagnostics.find(({ path }) => path === '/steps/1')?.message).toBe('Step `b` has no `tool`.');
  });
});

describe('the references of a step plan', () => {
  it.each([
    ['steps.fetch.rows', '${fetch}'],
    ['steps.fetch.rows.first', '${fetch.first}'],
    ['steps.fetch.rows[0]', '${fetch[0]}'],
    ['steps.fetch.rows_total', '${fetch.rows_total}'],
    ['steps.fetch.count', '${fetch.count}'],
    ['steps.fetch', '${fetch}'],
    ['steps.other.output', '${other}'],
    ['steps.other.out', '${other.out}'],
    ['inputs.topic', '${inputs.topic}'],
    ['${steps.fetch.rows} and ${inputs.topic}', '${fetch} and ${inputs.topic}'],
    ['${fetch.rows}', '${fetch.rows}'],
    ['$${steps.fetch.rows}', '$${steps.fetch.rows}'],
    ['steps.are fun', 'steps.are fun'],
    ['see steps.fetch.rows', 'see steps.fetch.rows'],
    ['./inputs.txt', './inputs.txt'],
  ])('%j is %j', (written, template) => {
    const { core } = read({
      steps: [step('fetch', { output_name: 'rows' }), step('b', { input_mapping: { x: [{ y: written }] } })],
    });
    expect(core.nodes[1]?.params).toEqual({ x: [{ y: template }] });
  });

  it('take time in proportion to the text, whatever it is', () => {
    for (const text of [
      '${steps.'.repeat(100_000),
      `\${steps.${'a.'.repeat(400_000)}`,
      `steps.${'a.'.repeat(400_000)} `,
    ]) {
      const started = performance.now();
      read({ steps: [step('a', { input_mapping: { x: text } })] });
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});

describe('the order of a step plan', () => {
  it('is that of the list where nothing is said of it', () => {
    expect(waits([step('a'), step('b'), step('c')])).toEqual({ a: [], b: ['a'], c: ['b'] });
  });

  it('is what depends_on says where any step says it', () => {
    expect(waits([step('a'), step('b'), step('c', { depends_on: ['a', 'b'] })])).toEqual({
      a: [],
      b: [],
      c: ['a', 'b'],
    });
    expect(waits([step('a', { depends_on: [] }), step('b', { depends_on: [] })])).toEqual({ a: [], b: [] });
  });

  it('takes null for nothing said', () => {
    expect(waits([step('a', { depends_on: null, parallel_group: null }), step('b')])).toEqual({
      a: [],
      b: ['a'],
    });
  });

  it('runs groups in ascending order, members of one at once', () => {
    expect(
      waits([
        step('late', { parallel_group: 10 }),
        step('a', { parallel_group: 1 }),
        step('b', { parallel_group: 1 }),
        step('c', { parallel_group: 2 }),
        step('d', { parallel_group: '2' }),
      ]),
    ).toEqual({ a: [], b: [], c: ['a', 'b'], d: ['a', 'b'], late: ['c', 'd'] });
  });

  it('lets a member that says what it waits for wait for that alone, and the others as they would', () => {
    expect(
      waits([
        step('a', { parallel_group: 1 }),
        step('b', { parallel_group: 1 }),
        step('c', { parallel_group: 2, depends_on: ['a'] }),
        step('d', { parallel_group: 2 }),
        step('e', { parallel_group: 2, depends_on: ['c'] }),
      ]),
    ).toEqual({ a: [], b: [], c: ['a'], d: ['a', 'b'], e: ['c'] });
  });

  it('keeps a step outside of all groups in its listed place', () => {
    expect(
      waits([
        step('first'),
        step('a', { parallel_group: 1 }),
        step('b', { parallel_group: 1 }),
        step('last'),
      ]),
    ).toEqual({ first: [], a: ['first'], b: ['first'], last: ['a', 'b'] });
  });

  it('is that of Code Evolver’s own example', () => {
    expect(
      waits([
        step('step1', { parallel_group: null, depends_on: [] }),
        step('step2', { parallel_group: 1, depends_on: ['step1'] }),
        step('step3', { parallel_group: 1, depends_on: ['step1'] }),
      ]),
    ).toEqual({ step1: [], step2: ['step1'], step3: ['step1'] });
  });
});
