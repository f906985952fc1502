// One contestant at one workload in a process of its own: nobody inherits another's compiled code, heap or caches.
// Told what to do over the channel by `spawn.mjs`; answers once, and ends.
import { loadContestant, loadWorkload } from './catalog.mjs';
import { measure } from './measure.mjs';

// Whoever asked is gone.
process.once('disconnect', () => process.exit());

process.once('message', async ({ contestant: name, workload: workloadName, caseId, times }) => {
  const answer = await measured(name, workloadName, caseId, times).catch((error) => ({
    failure: error instanceof Error ? error.message : String(error),
  }));
  process.send(answer, () => process.exit(0));
});

async function measured(name, workloadName, caseId, times) {
  const contestant = await loadContestant(name);
  const workload = await loadWorkload(workloadName);
  const how = workload.cases.find(({ id }) => id === caseId);
  const isTimed = workload.prepare !== undefined;
  return isTimed ? measure(workload, contestant, how, times) : workload.measure(contestant, how);
}
