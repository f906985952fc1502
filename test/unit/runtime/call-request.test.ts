import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../src/actors/registry.js';
import { type CallBounds, readCalls } from '../../../src/runtime/call-request.js';

const registry = createRegistry();

/** As plain JavaScript passes them: nothing has checked their types. */
const read = (calls: unknown, options: unknown = {}, bounds: Partial<CallBounds> = {}) =>
  readCalls(calls as never, options as never, registry, {
    most: 100,
    paramBytes: 1000,
    holdsResources: false,
    ...bounds,
  });

const one = [{ tool: 'echo', params: { value: 1 } }];

describe('calls', () => {
  it('take what is left out from the options, and these from the defaults', () => {
    const retry = { maxAttempts: 3 };
    const { requests, ...plan } = read(
      [
        { tool: 'echo' },
        { tool: 'echo', timeout_ms: 5, retry: { maxAttempts: 2, initialMs: 0, factor: 1, maxDelayMs: 9 } },
      ],
      { retry, timeoutMs: 70 },
    );
    expect(plan).toEqual({ maxConcurrent: 10, failFast: false, uses: [] });
    expect(requests.map(({ definition, ...request }) => ({ ...request, type: definition.type }))).toEqual([
      {
        type: 'echo',
        params: {},
        timeoutMs: 70,
        retry: { maxAttempts: 3, initialMs: 1000, factor: 2, maxDelayMs: 60_000 },
      },
      {
        type: 'echo',
        params: {},
        timeoutMs: 5,
        retry: { maxAttempts: 2, initialMs: 0, factor: 1, maxDelayMs: 9 },
      },
    ]);
  });

  it('have one attempt and all the time there is, unless it is said otherwise', () => {
    expect(read(one).requests[0]).toMatchObject({ retry: null, timeoutMs: null });
  });

  it('get a frozen copy of their parameters, whatever their names', () => {
    const params = JSON.parse('{"__proto__": {"list": []}, "constructor": 1}');
    const copy = read([{ tool: 'echo', params }]).requests[0]?.params;
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"list":[]},"constructor":1}');
    expect(Object.isFrozen(copy)).toBe(true);
    expect(copy).not.toBe(params);
  });
});

describe('calls that cannot be made', () => {
  it.each<readonly [what: string, calls: unknown, options: unknown, says: string]>([
    ['no list', { tool: 'echo' }, {}, '`calls`'],
    ['nothing', undefined, {}, '`calls`'],
    ['no calls', ['echo'], {}, '`calls[0]`'],
    ['a tool that is no text', [{ tool: 7 }], {}, '`calls[0].tool`'],
    ['an unknown tool', [...one, { tool: 'ehco' }], {}, '`calls[1].tool` is `ehco`'],
    ['a tool that every object has', [{ tool: '__proto__' }], {}, '`calls[0].tool` is `__proto__`'],
    ['a wait', [{ tool: 'wait', params: { event: 'e' } }], {}, '`calls[0].tool` is `wait`'],
    ['a workflow', [{ tool: 'workflow' }], {}, '`calls[0].tool` is `workflow`'],
    ['an unknown key', [{ tool: 'echo', timeoutMs: 5 }], {}, 'timeoutMs'],
    ['parameters that are a list', [{ tool: 'echo', params: [] }], {}, '`calls[0].params`'],
    ['parameters that are not JSON', [{ tool: 'echo', params: { value: () => 1 } }], {}, 'a function'],
    ['parameters that become a text', [{ tool: 'echo', params: new Date(0) }], {}, '`calls[0].params`'],
    ['too large parameters', [{ tool: 'echo', params: { value: 'x'.repeat(1000) } }], {}, '1000 bytes'],
    ['no time', [{ tool: 'echo', timeout_ms: 0 }], {}, '`calls[0].timeout_ms`'],
    ['endless time', one, { timeoutMs: Number.POSITIVE_INFINITY }, '`options.timeoutMs`'],
    ['no attempts', one, { retry: { maxAttempts: 0 } }, '`options.retry.maxAttempts`'],
    ['half an attempt', one, { retry: { maxAttempts: 1.5 } }, '`options.retry.maxAttempts`'],
    ['a retry without a number', [{ tool: 'echo', retry: {} }], {}, '`calls[0].retry.maxAttempts`'],
    ['waits that shrink', one, { retry: { maxAttempts: 2, factor: 0.5 } }, '`options.retry.factor`'],
    ['waits below zero', one, { retry: { maxAttempts: 2, initialMs: -1 } }, '`options.retry.initialMs`'],
    ['none at once', one, { maxConcurrent: 0 }, '`options.maxConcurrent`'],
    ['an unknown policy', one, { onError: 'continue' }, '`options.onError`'],
    ['a misspelt option', one, { maxConcurent: 2 }, 'maxConcurent'],
    ['options that are none', one, null, '`options`'],
    ['a resource that is a number', one, { uses: 3 }, '`options.uses`'],
    ['nothing of a resource', one, { uses: { llm: 0 } }, '0 of `llm`'],
    ['half a resource', one, { uses: { llm: 0.5 } }, '0.5 of `llm`'],
  ])('are refused for %s', (_, calls, options, says) => {
    expect(() => read(calls, options)).toThrow(
      expect.objectContaining({ code: 'FC9002', terminal: true, message: expect.stringContaining(says) }),
    );
  });

  it('name the tool that was probably meant', () => {
    expect(() => read([{ tool: 'ehco' }])).toThrow(expect.objectContaining({ hint: 'Did you mean `echo`?' }));
    expect(() => read([{ tool: 'wait' }])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('as a node of the workflow') }),
    );
  });

  it('are refused when they are more than may be under way', () => {
    expect(read([...one, ...one], {}, { most: 2 }).requests).toHaveLength(2);
    expect(() => read([...one, ...one], {}, { most: 1 })).toThrow(
      expect.objectContaining({ code: 'FC9002' }),
    );
  });
});

describe('resources of calls', () => {
  it('are amounts by name, or names for one of each', () => {
    const uses = (given: unknown) => read(one, { uses: given }).uses;
    expect(uses({ llm: 2, ['__proto__']: 1 })).toEqual([
      { resource: 'llm', amount: 2 },
      { resource: '__proto__', amount: 1 },
    ]);
    expect(uses(['gpu', 'llm', 'gpu'])).toEqual([
      { resource: 'gpu', amount: 1 },
      { resource: 'llm', amount: 1 },
    ]);
  });

  it('are refused where the caller holds some itself', () => {
    expect(() => read(one, { uses: ['llm'] }, { holdsResources: true })).toThrow(
      expect.objectContaining({ code: 'FC9002' }),
    );
    for (const none of [undefined, [], {}]) {
      expect(read(one, { uses: none }, { holdsResources: true }).uses).toEqual([]);
    }
  });
});
