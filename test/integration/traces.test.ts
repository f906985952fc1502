import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceRun } from '../helpers/trace.js';

interface WfFormat {
  readonly workflow: {
    readonly specification: {
      readonly tasks: readonly { readonly id: string; readonly parents: readonly string[] }[];
    };
    readonly execution: {
      readonly tasks: readonly { readonly id: string; readonly runtimeInSeconds: number }[];
    };
  };
}

/** From the trace itself, and nothing of ours: the longest chain of tasks, in milliseconds. */
function criticalPath({ workflow }: WfFormat): number {
  const runtimes = new Map(workflow.execution.tasks.map((task) => [task.id, task.runtimeInSeconds * 1000]));
  const parents = new Map(workflow.specification.tasks.map((task) => [task.id, task.parents]));
  const ends = new Map<string, number>();
  const endOf = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const end = Math.max(0, ...(parents.get(id) ?? []).map(endOf)) + (runtimes.get(id) ?? Number.NaN);
    ends.set(id, end);
    return end;
  };
  return Math.max(...[...parents.keys()].map(endOf));
}

describe('recorded scientific workflows', () => {
  it.each(['helloworld-forkjoin-10-chameleon', 'montage-chameleon-2mass-005d-001'])(
    '%s takes as long as its critical path (P3)',
    async (name) => {
      const file = path.join(import.meta.dirname, `../data/traces/${name}.json`);
      const trace = JSON.parse(readFileSync(file, 'utf8')) as WfFormat;
      const { result, statuses } = await traceRun(trace);
      expect(result.status).toBe('succeeded');
      expect(Object.keys(statuses)).toEqual(trace.workflow.specification.tasks.map(({ id }) => id));
      expect(result.metrics.wall_ms).toBeCloseTo(criticalPath(trace), 2);
      expect(result.metrics.critical_path_ms).toBeCloseTo(criticalPath(trace), 2);
      expect(result.metrics.peak_concurrency).toBeGreaterThan(5);
    },
  );
});
