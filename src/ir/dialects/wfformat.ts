import { z } from 'zod';
import { PointerMap } from '../diagnostics/pointer-map.js';
import { literal, quote } from '../diagnostics/wording.js';
import { isObject } from '../json.js';
import { name } from '../schema/building-blocks.js';
import type { CoreNode } from '../schema/core.js';
import { readShape } from '../schema/read-shape.js';
import { finishCore } from './core-reading.js';
import { type Dialect, type LoweringContext, own } from './dialect.js';
import { allows } from './limit-checks.js';

// Not strict: a trace records machines, files, commands and more, which are of no concern here.
const trace = z.object({
  name: z.string().exactOptional(),
  description: z.string().exactOptional(),
  schemaVersion: z.string().exactOptional(),
  workflow: z.object({
    specification: z.object({
      tasks: z.array(
        z.object({ id: name, name: z.string().exactOptional(), parents: z.array(name).default([]) }),
      ),
    }),
    execution: z
      .object({ tasks: z.array(z.object({ id: name, runtimeInSeconds: z.number().min(0) })).default([]) })
      .exactOptional(),
  }),
});

const SPECIFICATION = '/workflow/specification/tasks';
const EXECUTION = '/workflow/execution/tasks';
const VERSION = '1.5';

/**
 * A trace in WfCommons' WfFormat 1.5. Each task becomes a `sleep` as long as its recorded runtime, after its parents.
 * The commands that the trace recorded are data: nothing of them is run, or even kept.
 */
export const wfformat: Dialect = {
  name: 'wfformat',

  matches(document) {
    const workflow = isObject(document) ? own(document, 'workflow') : undefined;
    return isObject(workflow) && isObject(own(workflow, 'specification'));
  },

  lower(document, context) {
    const reading = readShape(trace, document, {
      log: context.log,
      pointers: new PointerMap(),
      listNoun: 'task',
      standIn: () => false,
    });
    if (reading.value === null) return null;
    const { workflow, ...about } = reading.value;
    const list = workflow.specification.tasks;
    if (!allows(context, 'nodes', list.length, SPECIFICATION)) return null;
    warnOfVersion(about.schemaVersion, context);
    const runs = new Map((workflow.execution?.tasks ?? []).map((run, i) => [run.id, { ...run, place: i }]));
    const pointers = new PointerMap();
    const nodes = list.map((task, i): CoreNode => {
      const [node, here] = [`/nodes/${i}`, `${SPECIFICATION}/${i}`];
      const run = runs.get(task.id);
      const recorded = run === undefined ? here : `${EXECUTION}/${run.place}/runtimeInSeconds`;
      pointers.moved(node, here);
      pointers.made(`${node}/type`, here);
      pointers.made(`${node}/params`, recorded);
      pointers.made(`${node}/estimate_ms`, recorded);
      pointers.moved(`${node}/depends_on`, `${here}/parents`);
      pointers.moved(`${node}/purpose`, `${here}/name`);
      if (run === undefined) warnOfRuntime(task.id, reading.pointerOf(here), context);
      const ms = Math.round((run?.runtimeInSeconds ?? 0) * 1000);
      return {
        id: task.id,
        type: 'sleep',
        ...(task.name === undefined ? {} : { purpose: task.name }),
        params: { ms },
        ...(task.parents.length === 0 ? {} : { depends_on: task.parents }),
        estimate_ms: ms,
      };
    });
    const core = {
      ir_version: '0.2.0' as const,
      ...(about.name === undefined ? {} : { id: about.name }),
      ...(about.description === undefined ? {} : { description: about.description }),
      inputs: {},
      outputs: {},
      nodes,
      edges: [],
    };
    pointers.moved('/id', '/name');
    return finishCore(core, (pointer) => reading.pointerOf(pointers.pointerOf(pointer)), false, context);
  },
};

function warnOfVersion(version: string | undefined, { log }: LoweringContext): void {
  if (version === undefined || version === VERSION) return;
  log.add({
    code: 'FC1004',
    severity: 'warning',
    path: '/schemaVersion',
    message: `The trace is in WfFormat ${quote(version)}; it was read as ${VERSION}.`,
    hint: `Convert it to WfFormat ${VERSION} if something is missing.`,
  });
}

function warnOfRuntime(id: string, pointer: string, { log }: LoweringContext): void {
  log.add({
    code: 'FC1005',
    severity: 'warning',
    path: pointer,
    message: `Task ${quote(id)} has no recorded runtime; it is taken to take no time.`,
    hint: `Add { "id": ${literal(id)}, "runtimeInSeconds": 1 } to workflow.execution.tasks.`,
  });
}
