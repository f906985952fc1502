import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDocument } from './reading.js';

const trace = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../data/traces/${name}`, import.meta.url), 'utf8'));

interface Trace {
  readonly workflow: {
    readonly specification: {
      readonly tasks: readonly { readonly id: string; readonly parents: readonly string[] }[];
    };
    readonly execution: {
      readonly tasks: readonly { readonly id: string; readonly runtimeInSeconds: number }[];
    };
  };
}

describe('a WfFormat trace', () => {
  it.each(['helloworld-forkjoin-10-chameleon.json', 'montage-chameleon-2mass-005d-001.json'])(
    'becomes a sleep for each task of %s, after its parents and as long as was recorded',
    (file) => {
      const value = trace(file) as Trace;
      const { source, dialect, diagnostics } = readDocument(value);
      expect([dialect, diagnostics]).toEqual(['wfformat', []]);
      const runtimes = new Map(
        value.workflow.execution.tasks.map((task) => [task.id, task.runtimeInSeconds]),
      );
      expect(
        source?.core.nodes.map(({ id, type, depends_on = [], params, estimate_ms }) => ({
          id,
          type,
          depends_on,
          params,
          estimate_ms,
        })),
      ).toEqual(
        value.workflow.specification.tasks.map((task) => {
          const ms = Math.round((runtimes.get(task.id) ?? -1) * 1000);
          return { id: task.id, type: 'sleep', depends_on: task.parents, params: { ms }, estimate_ms: ms };
        }),
      );
    },
  );

  it('keeps nothing of the commands that were recorded', () => {
    const { source } = readDocument(trace('helloworld-forkjoin-10-chameleon.json'));
    expect(JSON.stringify(source?.core)).not.toContain('cpu-work');
  });

  it('points at the specification, and at the execution for the runtime', () => {
    const { source } = readDocument(trace('helloworld-forkjoin-10-chameleon.json'));
    expect(source?.pointerOf('/nodes/1/depends_on/0')).toBe('/workflow/specification/tasks/1/parents/0');
    expect(source?.pointerOf('/nodes/1/params/ms')).toMatch(
      /^\/workflow\/execution\/tasks\/\d+\/runtimeInSeconds$/,
    );
    expect(source?.pointerOf('/id')).toBe('/name');
  });

  it('warns where a runtime is missing or the version is another', () => {
    const value = {
      schemaVersion: '1.4',
      workflow: { specification: { tasks: [{ id: 'any text: "x"', parents: [] }] } },
    };
    const { source, diagnostics } = readDocument(value);
    expect(diagnostics.map(({ code, severity, path }) => [code, severity, path])).toEqual([
      ['FC1004', 'warning', '/schemaVersion'],
      ['FC1005', 'warning', '/workflow/specification/tasks/0'],
    ]);
    expect(source?.core.nodes[0]).toMatchObject({ id: 'any text: "x"', params: { ms: 0 } });
  });

  it('has all its problems reported', () => {
    const value = {
      workflow: {
        specification: { tasks: [{ parents: [] }, { id: 'a', parents: 'b' }, { id: 'c' }] },
        execution: {
          tasks: [
            { id: 'a', runtimeInSeconds: -1 },
            { id: 'c', runtimeInSeconds: 1 },
          ],
        },
      },
    };
    const { source, diagnostics } = readDocument(value);
    expect(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code, path }) => `${code} ${path}`),
    ).toEqual([
      'FC1005 /workflow/specification/tasks/0',
      'FC1004 /workflow/specification/tasks/1/parents',
      'FC1004 /workflow/execution/tasks/0/runtimeInSeconds',
    ]);
    expect(source?.core.nodes.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(source?.pointerOf('/nodes/0')).toBe('/workflow/specification/tasks/1');
  });
});
