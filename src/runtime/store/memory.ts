import { ForkchartError } from '../../ir/errors.js';
import type { RunStore, StoredRun } from './store.js';

/** A store with synchronous methods: nothing outlives the process, so nothing has to be waited for. */
export interface MemoryStore extends RunStore {
  create(run: Omit<StoredRun, 'result'>): void;
  get(runId: string): StoredRun | undefined;
  list(): readonly StoredRun[];
}

/** Records of nodes in the ended runs that are kept, but for the last run: about as many kilobytes, with small outputs. */
const MOST_RECORDS = 10_000;

/**
 * Keeps runs in memory: those under way, and the last `keep` that have ended (default 100), so that a service which starts
 * thousands of runs does not grow; fewer where they have more than 10,000 nodes together. What single nodes have put out is not kept besides: the run holds it, and nothing is left to go on
 * from where the run is lost.
 */
export function createMemoryStore(keep = 100): MemoryStore {
  const runs = new Map<string, StoredRun>();
  const ended: { readonly id: string; readonly records: number }[] = [];
  let records = 0;
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
      const added = Object.keys(result.nodes).length;
      ended.push({ id: runId, records: added });
      records += added;
      while (ended.length > keep || (records > MOST_RECORDS && ended.length > 1)) {
        const oldest = ended.shift();
        if (oldest === undefined) return;
        runs.delete(oldest.id);
        records -= oldest.records;
      }
    },
    get: (runId) => runs.get(runId),
    list: () => [...runs.values()],
  };
}
