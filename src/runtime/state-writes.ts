import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { problemsOfWrite } from '../ir/state/write.js';
import { keysWrittenBy } from '../machines/state.js';
import type { NodePlan, Topology } from '../machines/topology.js';

/**
 * Checks what a node is about to write to the shared state: that each key can take it, and that the key, with it, fits its
 * schema, as far as this node sees what is there.
 *
 * @param state what the node sees
 * @throws ForkchartError FC5019, terminal
 */
export function checkWrites(
  topology: Topology,
  { node }: NodePlan,
  output: JsonValue,
  state: JsonObject,
): void {
  const problems = problemsOfWrite(keysWrittenBy(topology, node), output, state);
  if (problems.length === 0) return;
  throw new ForkchartError(
    'FC5019',
    `What \`${node.id}\` writes to the state cannot be taken: ${problems.join('; ')}.`,
    {
      hint: 'Look at the `reducer`, the `schema` and the `default` of the key, and at what the node returns.',
      path: node.pointer,
      terminal: true,
    },
  );
}
