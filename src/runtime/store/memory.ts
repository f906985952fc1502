import { ForkchartError } from '../../ir/errors.js';
import type { RunStore, StoredRun } from './store.js';

/** A store with synchronous methods: nothing outlives the process, so nothing has to be waited for. */
export interface MemoryStore extends RunStore {
  create(run: Omit<StoredRun, 'result'>): void;
  get(runId: string): StoredRun | undefined;
  list(): readonly StoredRun[];
}

/**
 * Keeps runs in memory: those under way, and the last `keep` that have ended (default 100), so that a service which starts
 * thousands of runs does not grow. What single nodes have put out is not kept besides: the run holds it, and nothing is left to go on
 * from where the run is lost.
 */
export function createMemoryStore(keep = 100): MemoryStore {
  const runs = new Map<string, StoredRun>();
  const ended: string[] = [];
  return {
    create(run) {
      if (runs.has(run.run_id)) {
        throw new ForkchartError('FC9002', `There is a run \`${run.run_id}\` already.`, {
          hint: 'Leave `runId` out, or use another.',
        });
      }
      runs.set(run.run_id, { ...run, result: null });
    },
    commit: () => {},
    committed: () => undefined,
    finish(runId, result) {
      const run = runs.get(runId);
      if (run === undefined) return;
      runs.set(runId, { ...run, result });
      ended.push(runId);
      while (ended.length > keep) runs.delete(ended.shift() ?? '');
    },
    get: (runId) => runs.get(runId),
    list: () => [...runs.values()],
  };
}
