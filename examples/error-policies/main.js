/**
 * Runs one workflow with different services down, and shows what its policies make of that.
 *
 *     node examples/error-policies/main.js
 */
import { readFile } from 'node:fs/promises';
import { createRunner } from 'forkchart';
import { bookings, nodes } from './nodes.js';

const SCENARIOS = [
  { title: 'all services are up', down: [] },
  { title: 'one agency and the weather are down', down: ['north', 'weather'] },
  { title: 'the hotel is busy once', down: ['hotel once'] },
  { title: 'payment is refused', down: ['payment'] },
  { title: 'no hotel is left', down: ['hotel'] },
  { title: 'two agencies are down', down: ['north', 'south'] },
];

const runner = createRunner({ nodes });
const workflow = runner.load(await readFile(new URL('./workflow.json', import.meta.url), 'utf8'));

for (const { title, down } of SCENARIOS) {
  bookings.clear();
  const { status, outputs, error, nodes: records } = await runner.start(workflow, { down }).result;
  console.log(`${title}: ${status}${error === null ? '' : `, as ${error.node}: ${error.message}`}`);
  if (outputs.ticket) console.log(`  ticket      ${outputs.ticket}`);
  for (const [id, record] of Object.entries(records)) {
    const notes = notesOn(record);
    if (notes.length > 0) console.log(`  ${id.padEnd(11)} ${notes.join('; ')}`);
  }
  console.log(`  booked now  ${[...bookings].join(', ') || 'nothing'}\n`);
}
await runner.close();

/** @param {import('forkchart').NodeRecord} record */
function notesOn({ status, attempts, error, handled_by, reason, compensation }) {
  return [
    ...(status === 'succeeded' || reason?.kind === 'not_taken' ? [] : [status]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(error === null ? [] : [error.message]),
    ...(handled_by === null ? [] : [`handled by ${handled_by.kind}`]),
    ...(reason === null || reason.kind === 'not_taken' ? [] : [`${reason.kind} ${reason.node ?? ''}`.trim()]),
    ...(compensation === undefined ? [] : [`undone: ${compensation.status}`]),
  ];
}
