import { z } from 'zod';
import { PointerMap } from '../diagnostics/pointer-map.js';
import { isObject } from '../json.js';
import { fields, name } from '../schema/building-blocks.js';
import type { CoreNode } from '../schema/core.js';
import { nodeSchema } from '../schema/node.js';
import { readShape } from '../schema/read-shape.js';
import { finishCore } from './core-reading.js';
import { type Dialect, hasAny, type JsonRecord, own } from './dialect.js';
import { allows } from './limit-checks.js';
import { workflowFields } from './workflow-fields.js';

const { type: _type, depends_on: _dependsOn, ...policies } = nodeSchema.shape;

const task = fields({
  ...policies,
  tool: name,
  description: z.string().exactOptional(),
  dependencies: z.array(name).exactOptional(),
});

const taskList = fields({ ...workflowFields, tasks: z.array(task) });

/** The flat task list: `[{ "id", "tool", "dependencies" }]`, or the same under `tasks`. A task may say all that a node may. */
export const tasks: Dialect = {
  name: 'tasks',

  matches: (document) => Array.isArray(document) || hasAny(document, ['tasks']),

  lower(document, context) {
    const written = new PointerMap();
    if (Array.isArray(document)) written.moved('/tasks', '');
    const whole: JsonRecord = Array.isArray(document)
      ? { tasks: document }
      : isObject(document)
        ? document
        : {};
    const listed = own(whole, 'tasks');
    if (Array.isArray(listed) && !allows(context, 'nodes', listed.length, written.pointerOf('/tasks')))
      return null;
    const reading = readShape(taskList, whole, {
      log: context.log,
      pointers: written,
      listNoun: 'task',
      standIn: standInForTool,
    });
    if (reading.value === null) return null;
    const { tasks: list, $schema: _, ...workflow } = reading.value;
    const pointers = new PointerMap();
    const nodes = list.map(({ tool, dependencies, description, ...rest }, i): CoreNode => {
      pointers.moved(`/nodes/${i}`, `/tasks/${i}`);
      pointers.moved(`/nodes/${i}/type`, `/tasks/${i}/tool`);
      pointers.moved(`/nodes/${i}/depends_on`, `/tasks/${i}/dependencies`);
      if (rest.purpose === undefined) pointers.moved(`/nodes/${i}/purpose`, `/tasks/${i}/description`);
      return {
        ...(description === undefined ? {} : { purpose: description }),
        ...rest,
        type: tool,
        ...(dependencies === undefined ? {} : { depends_on: dependencies }),
      };
    });
    const pointerOf = (pointer: string) => reading.pointerOf(pointers.pointerOf(pointer));
    return finishCore({ ...workflow, nodes, edges: [] }, pointerOf, false, context);
  },
};

/** As in core-reading.ts: the task stays, so that what refers to it is not reported as well. */
function standInForTool(
  path: readonly (string | number)[],
  holder: Record<string | number, unknown>,
): boolean {
  if (path.length !== 3 || path[0] !== 'tasks' || path[2] !== 'tool') return false;
  holder.tool = 'echo';
  delete holder.params;
  return true;
}
