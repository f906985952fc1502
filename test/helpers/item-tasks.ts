import { z } from 'zod';
import { defineNode } from '../../src/actors/node.js';
import { TerminalError } from '../../src/ir/errors.js';
import { traceRun } from './trace.js';

/** Takes its item's `ms`, then fails as many attempts as it says. */
export const task = defineNode({
  type: 'task',
  params: z.object({
    ms: z.number().default(0),
    fails: z.number().default(0),
    terminal: z.boolean().default(false),
    name: z.string().default(''),
  }),
  run: async ({ ms, fails, terminal, name }, ctx) => {
    await ctx.sleep(ms);
    if (ctx.attempt <= fails) throw terminal ? new TerminalError(`no ${name}`) : new Error(`failed ${name}`);
    return `${name}:${ctx.attempt}`;
  },
});

export const NEVER = 99;

/** The same, its parameters being the whole item. */
export const taskOfItem = defineNode({
  type: 'task',
  params: z.object({ item: task.params as z.ZodType }),
  run: ({ item }, ctx) => task.run(item, ctx),
});

/** Runs a batch of such tasks. */
export const runTasks = (
  items: readonly object[],
  batch: object = {},
  more: object = {},
  workflow: object = {},
) =>
  traceRun(
    {
      ...workflow,
      nodes: [{ id: 'b', type: 'task', params: { item: '${item}' }, batch: { items, ...batch }, ...more }],
    },
    { nodes: [taskOfItem] },
  );
