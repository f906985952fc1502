import { forkchart } from './forkchart.mjs';

/** The same with a policy of each kind on every node: none of them has anything to do, as no node fails, and each is there. */
export default {
  title: 'forkchart, with policies',
  how: 'as forkchart, each node with `retry`, `timeout` of an attempt and of all of them, `fallback`, `on_error`, `join` and `priority`',
  packages: ['forkchart'],
  ...forkchart({
    policies: {
      retry: { max_attempts: 3, initial_ms: 100, backoff: 'exponential', max_elapsed_ms: 60_000 },
      timeout: { attempt_ms: 30_000, total_ms: 120_000 },
      fallback: 0,
      on_error: 'fail_safe',
      join: { policy: 'all_success' },
      priority: 1,
    },
  }),
};
