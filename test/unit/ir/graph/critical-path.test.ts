import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../../src/ir/graph/critical-path.js';
import { createRunner } from '../../../../src/runtime/runner.js';

const runner = createRunner();
const load = (...nodes: [id: string, ...dependencies: string[]][]) =>
  runner.load({ nodes: nodes.map(([id, ...depends_on]) => ({ id, type: 'echo', depends_on })) });
const taking = (times: Readonly<Record<string, number>>) => (node: { id: string }) => times[node.id] ?? null;

describe('criticalPath', () => {
  it('is the chain that takes longest, not the one with the most nodes', () => {
    const workflow = load(['a'], ['b', 'a'], ['c', 'b'], ['d', 'a'], ['e', 'c', 'd']);
    expect(criticalPath(workflow, taking({ a: 1, b: 2, c: 2, d: 9, e: 1 }))).toEqual({
      nodes: ['a', 'd', 'e'],
      ms: 11,
    });
  });

  it('leaves out nodes that did not run, though they order the others', () => {
    const workflow = load(['a'], ['b', 'a'], ['c', 'b']);
    expect(criticalPath(workflow, taking({ a: 5, c: 7 }))).toEqual({ nodes: ['a', 'c'], ms: 12 });
  });

  it('prefers more nodes, then the order of declaration, among chains that take equally long', () => {
    const workflow = load(['a'], ['b', 'a'], ['c', 'a'], ['d', 'b', 'c'], ['e']);
    expect(criticalPath(workflow, taking({ a: 1, b: 2, c: 2, d: 0, e: 3 })).nodes).toEqual(['a', 'b', 'd']);
  });

  it('lets the stages of a pipeline overlap: one comes after what the stage before it came after', () => {
    const stage = (id: string, items: string, more: object = {}) => ({
      id,
      type: 'echo',
      batch: { items },
      ...more,
    });
    const workflow = runner.load({
      nodes: [
        { id: 'list', type: 'echo' },
        stage('read', '${list}', { stream: true }),
        stage('pack', '${read.results}', { stream: true }),
        stage('hash', '${pack.results}'),
      ],
    });
    expect(criticalPath(workflow, taking({ list: 1, read: 10, pack: 30, hash: 20 }))).toEqual({
      nodes: ['list', 'pack'],
      ms: 31,
    });
  });

  it('goes by way of the first result of a stage, where it is known how long that takes', () => {
    const stage = (id: string, items: unknown, stream: boolean) => ({
      id,
      type: 'echo',
      params: {},
      batch: { items },
      stream,
    });
    const workflow = runner.load({
      nodes: [stage('read', [1, 2], true), stage('pack', '${read}', true), stage('hash', '${pack}', false)],
    });
    const leads = taking({ read: 5, pack: 7, hash: 1 });
    expect(criticalPath(workflow, taking({ read: 10, pack: 30, hash: 20 }), leads)).toEqual({
      nodes: ['read', 'pack'],
      ms: 35,
    });
    expect(criticalPath(workflow, taking({ read: 10, pack: 30, hash: 25 }), leads)).toEqual({
      nodes: ['read', 'pack', 'hash'],
      ms: 37,
    });
  });

  it('is empty where nothing ran', () => {
    expect(criticalPath(load(['a']), () => null)).toEqual({ nodes: [], ms: 0 });
  });
});
