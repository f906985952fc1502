import type { JsonObject, JsonValue } from '../../ir/json.js';
import type { Workflow } from '../../ir/workflow.js';
import { type CompiledWorkflow, compileWorkflow } from '../../machines/compile.js';

type Machine = CompiledWorkflow['machine'];

/**
 * The statechart of a workflow as the JSON of an XState machine, which Stately's tools draw and `createMachine` accepts. Guards,
 * actions and actors are in it by name. Each iteration of a loop is a machine of its own: those are in `meta.actors`, by
 * the name by which the chart invokes them.
 *
 * @example
 * createMachine(drawChart(workflow)).definition.states; // the regions
 */
export function drawChart(workflow: Workflow): JsonObject {
  const { machine } = compileWorkflow(workflow);
  const chart = configOf(machine);
  const children = new Map<string, JsonObject>();
  const collect = (parent: Machine): void => {
    for (const [name, actor] of Object.entries(parent.implementations.actors)) {
      if (!isMachine(actor)) continue;
      children.set(name, configOf(actor));
      collect(actor);
    }
  };
  collect(machine);
  if (children.size === 0) return chart;
  const meta = Object.hasOwn(chart, 'meta') ? (chart.meta as JsonObject) : {};
  return { ...chart, meta: { ...meta, actors: Object.fromEntries(children) } };
}

function isMachine(actor: unknown): actor is Machine {
  return typeof actor === 'object' && actor !== null && 'config' in actor && 'implementations' in actor;
}

function configOf(machine: Machine): JsonObject {
  return toJson(machine.config) as JsonObject;
}

/**
 * A machine's configuration without what only runs: functions that compute a context, an input or an output are left out;
 * XState's own actions (`raise`, `sendTo`) are functions that carry their name.
 */
function toJson(value: unknown): JsonValue | undefined {
  if (typeof value === 'function') {
    return 'type' in value && typeof value.type === 'string' ? { type: value.type } : undefined;
  }
  if (Array.isArray(value)) return value.map(toJson).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value as JsonValue | undefined;
  const entries = Object.entries(value).flatMap(([key, part]) => {
    const json = toJson(part);
    return json === undefined ? [] : [[key, json] as const];
  });
  return Object.fromEntries(entries);
}
