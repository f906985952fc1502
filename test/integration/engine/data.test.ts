import { describe, expect, it } from 'vitest';
import { defineNode } from '../../../src/actors/node.js';
import { createRunner } from '../../../src/runtime/runner.js';
import { echo, edges, sleep } from '../../helpers/sketch.js';
import { traceRun } from '../../helpers/trace.js';

describe('data', () => {
  it('that a template names and nothing orders becomes a dependency', async () => {
    const { result } = await traceRun({
      nodes: [echo('sum', '${parts.a} and ${parts.b}'), sleep('wait', 5), echo('parts', { a: 1, b: 2 })],
      edges: edges('wait>parts'),
    });
    expect(result.nodes.sum?.output).toBe('1 and 2');
  });

  it('that is not there fails the node, naming what is', async () => {
    const { result } = await traceRun({
      nodes: [
        echo('rows', { data: [1], count: 1 }),
        echo('use', '${rows.dta}', { retry: { max_attempts: 3 } }),
      ],
      edges: edges('rows>use'),
    });
    expect(result.error).toMatchObject({ code: 'FC5002', node: 'use' });
    expect(result.error?.message).toContain('`dta`');
    expect(result.nodes.use?.attempts).toBe(1);
  });

  it('put in by a template is never expanded again (P14)', async () => {
    const { result } = await traceRun({
      nodes: [echo('secret', 'hunter2'), echo('evil', '$${secret}'), echo('use', 'said: ${evil}')],
      edges: edges('secret>evil', 'evil>use'),
    });
    expect(result.nodes.use?.output).toBe('said: ${secret}');
  });

  it('under the names that break other engines stays where it belongs', async () => {
    const ids = ['__proto__', 'constructor', 'a.b', '#x', '', 'toString', 'hasOwnProperty', 'état'];
    const source = JSON.parse(
      JSON.stringify({
        nodes: ids.map((id) => ({ id, type: 'echo', params: { value: `<${id}>` } })),
        edges: ids.slice(1).map((to, index) => ({ from: ids[index], to })),
      }),
    );
    const { result } = await traceRun(source);
    expect(result.status).toBe('succeeded');
    expect(Object.keys(result.nodes)).toEqual(ids);
    expect(JSON.parse(JSON.stringify(result.nodes)).constructor.output).toBe('<constructor>');
    for (const id of ids)
      expect(Object.getOwnPropertyDescriptor(result.nodes, id)?.value.output).toBe(`<${id}>`);
    expect(({} as { status?: string }).status).toBeUndefined();
  });

  it('that no output is declared for is what the last nodes put out', async () => {
    const { result } = await traceRun({
      nodes: [echo('a'), echo('b'), echo('c'), echo('never', 1, { when: '${a} == "b"' })],
      edges: edges('a>b', 'a>c', 'a>never'),
    });
    expect(result.outputs).toEqual({ b: 'b', c: 'c' });
  });

  it('of a node that failed, or was cancelled, is in no output', async () => {
    const { result } = await traceRun({
      on_error: 'fail_safe',
      nodes: [{ id: 'bad', type: 'fail' }, echo('good')],
      outputs: { bad: { source: '${bad}' }, good: { source: '${good}' } },
    });
    expect(result.outputs).toEqual({ good: 'good' });
  });

  it('that a function says, whatever it is, becomes an event of plain JSON', async () => {
    const odd = defineNode({
      type: 'odd',
      run: (_params, ctx) => {
        ctx.log({ not: 'text' } as never);
        ctx.progress(1, 2, 3 as never);
      },
    });
    const { events } = await traceRun({ nodes: [{ id: 'odd', type: 'odd' }] }, { nodes: [odd] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'node.log', message: '[object Object]' }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'node.progress', done: 1, total: 2, message: '3' }),
    );
    expect(() => JSON.stringify(events)).not.toThrow();
  });

  it('that a function returns and is not JSON fails the node', async () => {
    const odd = defineNode({ type: 'odd', run: () => ({ when: new Map() }) });
    const { result } = await traceRun({ nodes: [{ id: 'odd', type: 'odd' }] }, { nodes: [odd] });
    expect(result.error).toMatchObject({ code: 'FC5010', node: 'odd' });
  });
});

describe('inputs', () => {
  const workflow = {
    inputs: {
      name: { type: 'str', required: true },
      times: { type: 'int', default: 2 },
      note: { type: 'string', required: false },
    },
    nodes: [echo('hello', '${name} x ${inputs.times} ${note}')],
    outputs: { text: { source: '${hello}' } },
  };

  it('are checked before anything starts, defaults filled in', async () => {
    const { result } = await traceRun(workflow, { inputs: { name: 'Ada' } });
    expect(result.outputs).toEqual({ text: 'Ada x 2 null' });
  });

  it('that are wrong are refused, all of them in one message (P13)', () => {
    const start = () => createRunner().start(workflow, { times: 'two', nmae: 'Ada' });
    expect(start).toThrow(expect.objectContaining({ code: 'FC5001' }));
    expect(start).toThrow(
      /`name` \(string\) is missing; `times` should be an integer, and is a string; `nmae` is not an input/,
    );
  });
});
