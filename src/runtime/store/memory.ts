import { ForkchartError } from '../../ir/errors.js';
import type { AttemptResult } from '../../machines/outcome.js';
import type { RunStore, StoredRun } from './store.js';

interface Entry {
  run: StoredRun;
  readonly committed: Map<string, AttemptResult>;
}

/** A store with synchronous methods: nothing outlives the process, so nothing has to be waited for. */
export interface MemoryStore extends RunStore {
  create(run: Omit<StoredRun, 'result'>): void;
  get(runId: string): StoredRun | undefined;
  list(): readonly StoredRun[];
}

/**
 * Keeps runs in memory: those under way, and the last `keep` that have ended (default 100), so that a service which starts
 * thousands of runs does not grow.
 */
export function createMemoryStore(keep = 100): MemoryStore {
  const entries = new Map<string, Entry>();
  const ended: string[] = [];
  return {
    create(run) {
      if (entries.has(run.run_id)) {
        throw new ForkchartError('FC9002', `There is a run \`${run.run_id}\` already.`, {
          hint: 'Leave `runId` out, or use another.',
        });
      }
      entries.set(run.run_id, { run: { ...run, result: null }, committed: new Map() });
    },
    commit(runId, execution, result) {
      entries.get(runId)?.committed.set(execution, result);
    },
    committed: (runId, execution) => entries.get(runId)?.committed.get(execution),
    finish(runId, result) {
      const entry = entries.get(runId);
      if (entry === undefined) return;
      entry.run = { ...entry.run, result };
      entry.committed.clear();
      ended.push(runId);
      while (ended.length > keep) entries.delete(ended.shift() ?? '');
    },
    get: (runId) => entries.get(runId)?.run,
    list: () => [...entries.values()].map(({ run }) => run),
  };
}
