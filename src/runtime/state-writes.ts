import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import { parseValueSchema, type ValueSchema } from '../ir/value-schema.js';
import type { StateKey } from '../ir/workflow.js';
import { reduceWrites } from '../machines/reducers.js';
import { keysWrittenBy, writtenValues } from '../machines/state.js';
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
  const { values, problems } = writtenValues(keysWrittenBy(topology, node), output);
  const misfits = values.flatMap(([key, value]) => misfitsOf(key, value, state));
  const all = [...problems, ...misfits];
  if (all.length === 0) return;
  throw new ForkchartError(
    'FC5019',
    `What \`${node.id}\` writes to the state cannot be taken: ${all.join('; ')}.`,
    {
      hint: 'Look at the `reducer`, the `schema` and the `default` of the key, and at what the node returns.',
      path: node.pointer,
      terminal: true,
    },
  );
}

function misfitsOf(key: StateKey, value: JsonValue, state: JsonObject): readonly string[] {
  const schema = schemaOf(key);
  if (schema === null) return [];
  const before = Object.hasOwn(state, key.name) ? (state[key.name] ?? null) : key.default;
  const after = reduceWrites({ ...key, default: before }, [value]);
  return schema.problemsOf(after).map((problem) => `\`${key.name}\` would not fit its schema: ${problem}`);
}

const schemas = new WeakMap<StateKey, ValueSchema>();

function schemaOf(key: StateKey): ValueSchema | null {
  if (key.schema === null) return null;
  let schema = schemas.get(key);
  if (schema === undefined) {
    schema = parseValueSchema(key.schema, `${key.pointer}/schema`);
    schemas.set(key, schema);
  }
  return schema;
}
