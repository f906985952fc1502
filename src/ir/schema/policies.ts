import { z } from 'zod';
import { AGGREGATES } from '../template/aggregate.js';
import { byName, fields, jsonValue, milliseconds, name, positiveInteger } from './building-blocks.js';

/** What a failure does. Which of the three a workflow, a group or a node may say is checked later. */
export const onError = z.enum(['fail_fast', 'fail_safe', 'continue']);

export const join = fields({
  policy: z
    .enum(['all_success', 'all_done', 'one_success', 'none_failed', 'quorum'])
    .default('all_success')
    .describe('Which of the nodes before it must have ended how; all_success if left out.'),
  count: positiveInteger.exactOptional().describe('For quorum: how many must succeed.'),
  cancel_rest: z
    .boolean()
    .exactOptional()
    .describe('Whether those still running are cancelled once the join is satisfied.'),
})
  .check((context) => {
    if (context.value.policy !== 'quorum' || context.value.count !== undefined) return;
    context.issues.push({
      code: 'custom',
      input: context.value,
      path: ['count'],
      params: { missing: true, hint: 'Say how many must succeed: "count": 2.' },
    });
  })
  .meta({ id: 'Join', description: 'When a node with several incoming edges starts.' });

/** The names that other systems have for the common factors. */
const FACTORS = { exponential: 2, fixed: 1, constant: 1 } as const;

export const retry = fields({
  max_attempts: positiveInteger.describe('All attempts, the first one included.'),
  initial_ms: z
    .number()
    .min(0)
    .default(1000)
    .describe('Milliseconds to wait before the second attempt; 1000 if left out.'),
  backoff: z
    .union([
      z.number().min(1),
      z.enum(['exponential', 'fixed', 'constant']).transform((word) => FACTORS[word]),
    ])
    .default(2)
    .describe('Each wait is the one before times this; "exponential" is 2, "fixed" and "constant" are 1.'),
  max_delay_ms: z
    .number()
    .min(0)
    .default(60_000)
    .describe('No wait is longer than this many milliseconds; 60000 if left out.'),
  jitter: z
    .enum(['none', 'full'])
    .default('none')
    .describe('full: wait a random time between 0 and the computed one.'),
  max_elapsed_ms: milliseconds
    .exactOptional()
    .describe('No attempt begins later than this many milliseconds after the first.'),
  retry_on: z.array(name).exactOptional().describe('Try again after these errors alone.'),
  not_on: z.array(name).exactOptional().describe('Never try again after these errors.'),
}).meta({ id: 'Retry', description: 'Whether and when a failed attempt is made again.' });

export const timeout = fields({
  attempt_ms: milliseconds.exactOptional().describe('Milliseconds that one attempt may take.'),
  total_ms: milliseconds
    .exactOptional()
    .describe('Milliseconds that all attempts and waits may take together.'),
}).meta({ id: 'Timeout', description: 'How long a node may take.' });

export const tolerate = fields({
  count: z.int().min(0).exactOptional().describe('How many may fail.'),
  percent: z.number().min(0).max(100).exactOptional().describe('Which share of them may fail, in percent.'),
}).meta({ id: 'Tolerate', description: 'How many failures still count as success.' });

export const catchRule = fields({
  match: name.describe('Which errors: a code, or * for all.'),
  goto: name.describe('Id of the node that runs instead.'),
  as: name.exactOptional().describe('The name under which that node sees the error.'),
}).meta({ id: 'Catch' });

const errorHandling = z.enum(['fail_fast', 'fail_safe', 'continue']);

export const batch = fields({
  items: z
    .union([z.string(), z.array(jsonValue)])
    .describe('The items: a list, or a template that names one.'),
  as: name.default('item').describe('The name of the current item in templates; item if left out.'),
  parallel: z.boolean().default(true).describe('Whether items run at once; true if left out.'),
  max_concurrent: positiveInteger
    .exactOptional()
    .describe('How many items run at once at most; 10 if left out.'),
  batch_size: positiveInteger.exactOptional().describe('How many items one call gets.'),
  error_handling: errorHandling
    .exactOptional()
    .describe('What the failure of one item does to the others; fail_fast if left out.'),
  max_retries: z.int().min(0).exactOptional().describe('How often a failed item is tried again.'),
  retry_wait: z.number().min(0).exactOptional().describe('Seconds between two attempts at an item.'),
  tolerate: tolerate.exactOptional(),
  timeout: timeout.exactOptional().describe('How long one item may take.'),
  reduce: z
    .enum(['none', ...AGGREGATES])
    .exactOptional()
    .describe('Make one value of the results instead of keeping them all; none drops them.'),
}).meta({ id: 'Batch', description: 'Run the node once for each item of a list.' });

export const batchConfig = fields({
  batch_size: positiveInteger.exactOptional().describe('How many items one call gets.'),
  error_handling: errorHandling.exactOptional().describe('What the failure of one item does to the others.'),
  max_concurrent: positiveInteger.exactOptional().describe('How many items run at once at most.'),
}).meta({ id: 'BatchConfig', description: 'Defaults for every batch of the workflow.' });

/** Resources that a node occupies while it runs: `{ "llm": 1 }`, or `["llm"]` for one of each; one that is named twice counts twice. */
export const uses = z
  .union([
    z.array(name).transform((names): Record<string, number> => {
      const amounts = new Map<string, number>();
      for (const key of names) amounts.set(key, (amounts.get(key) ?? 0) + 1);
      return Object.fromEntries(amounts);
    }),
    byName(positiveInteger),
  ])
  .describe(
    'Resources that the node occupies while it runs: names with amounts, or a list of names, in which each counts as one.',
  );
