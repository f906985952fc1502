import { describe, expect, it } from 'vitest';
import { flawInXml } from '../../../helpers/well-formed-xml.js';

const at = (file: string) => new URL(`../../../../examples/project-report/${file}`, import.meta.url).href;
const { criticalChain, segmentsOf, swimLanes } = await import(at('swim-lanes.js'));

const settled = (node: string, time: number, status = 'succeeded') => ({
  type: 'node.settled',
  node,
  at: time,
  status,
});
const workflow = {
  nodes: ['a', 'b', '<c>', 'd'].map((id) => ({ id })),
  edges: [
    { from: 'a', to: 'b' },
    { from: 'a', to: '<c>' },
    { from: 'b', to: 'd' },
    { from: '<c>', to: 'd' },
  ],
};
const record = (from: number, to: number) => ({
  status: 'succeeded',
  attempts: 1,
  started_at: from,
  ended_at: to,
  output: null,
});
const result = { nodes: { a: record(0, 10), b: record(10, 30), '<c>': record(10, 90), d: record(90, 95) } };

describe('segmentsOf', () => {
  it('shows each attempt, the wait before it and the backoff between two', () => {
    const segments = segmentsOf([
      { type: 'node.queued', node: 'a', at: 0 },
      { type: 'node.started', node: 'a', at: 5, attempt: 1 },
      { type: 'node.attempt_failed', node: 'a', at: 20, attempt: 1 },
      { type: 'node.backoff', node: 'a', at: 20, attempt: 1, delay_ms: 10 },
      { type: 'node.queued', node: 'a', at: 30 },
      { type: 'node.started', node: 'a', at: 30, attempt: 2 },
      settled('a', 40),
    ]);
    expect(segments.get('a')).toEqual([
      { kind: 'queued', attempt: 1, from: 0, to: 5 },
      { kind: 'failed', attempt: 1, from: 5, to: 20 },
      { kind: 'backoff', attempt: 1, from: 20, to: 30 },
      { kind: 'running', attempt: 2, from: 30, to: 40 },
    ]);
  });

  it('shows no stretch of time for a node that never ran, and shows one that was cancelled as failed', () => {
    const segments = segmentsOf([
      { type: 'node.started', node: 'a', at: 5, attempt: 1 },
      settled('a', 9, 'cancelled'),
      settled('b', 9, 'skipped'),
    ]);
    expect(segments.get('a')).toEqual([{ kind: 'failed', attempt: 1, from: 5, to: 9 }]);
    expect(segments.has('b')).toBe(false);
  });
});

describe('criticalChain', () => {
  it('goes back from what ended last, by what each node waited for', () => {
    expect([...criticalChain(workflow, result)]).toEqual(['d', '<c>', 'a']);
  });
});

describe('swimLanes', () => {
  it('has a lane for every node, and shows its name as text', () => {
    const events = [{ type: 'node.started', node: '<c>', at: 10, attempt: 1 }, settled('<c>', 90)];
    const critical = criticalChain(workflow, result);
    const svg = swimLanes(workflow, { result, events }, { title: 'A <run>', span: 95, critical });
    expect(flawInXml(svg)).toBeNull();
    expect(svg).toContain('>&lt;c&gt;</text>');
    expect(svg).toContain('>80 ms</text>');
    expect(svg).not.toContain('<c>');
    expect(svg.match(/class="running critical"/g)).toHaveLength(1);
    expect(svg.match(/<text class="critical"/g)).toHaveLength(3);
  });
});
