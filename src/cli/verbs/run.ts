import { positiveInteger } from '../arguments.js';
import { EXIT } from '../exit-code.js';
import { readEvents, readInputs } from '../input.js';
import { abortOnInterrupt } from '../interrupt.js';
import { renderFailures, renderRunSummary } from '../output/run-summary.js';
import { createProgress } from '../progress.js';
import { abortWhenClosed } from '../streams.js';
import { UsageError } from '../usage-error.js';
import { COMMON_OPTIONS, MAX_CONCURRENCY_OPTION, type Verb } from '../verb.js';
import { withWorkflow } from '../with-workflow.js';

/** `forkchart run FILE`: runs it; the outputs on stdout, what goes on and what became of it on stderr. */
export const runVerb: Verb = {
  name: 'run',
  summary: 'run a workflow; its outputs go to stdout as JSON',
  options: [
    { name: 'input', value: 'NAME=VALUE', multiple: true, help: 'give one input' },
    { name: 'inputs', value: 'FILE|-', help: 'read the inputs from a JSON object' },
    {
      name: 'send',
      value: 'NAME=JSON',
      multiple: true,
      help: 'send the run an event at the start, kept until a `wait` node takes it',
    },
    MAX_CONCURRENCY_OPTION,
    { name: 'events', help: 'print every event on stdout as it happens, one JSON document a line' },
    { name: 'no-progress', help: 'do not show what is going on' },
    { name: 'inspect', help: null },
    ...COMMON_OPTIONS,
  ],
  examples: [
    'forkchart run report.json --input topic=tea',
    'forkchart run report.json --inputs inputs.json --json > record.json',
    'forkchart run report.json --events | jq -r .type',
    'forkchart run release.json --send \'approved={"by": "Ann"}\'',
  ],
  run: async (session) => {
    const { args, io } = session;
    const events = args.has('events');
    if (args.has('inspect')) {
      throw new UsageError('`--inspect` is not in this version.', 'Type `--events` to see what happens.');
    }
    if (events && session.json) {
      throw new UsageError('`--json` and `--events` exclude each other.', 'Leave one of them out.');
    }
    const maxConcurrency = positiveInteger(args, 'max-concurrency');
    const sent = readEvents(args.all('send'));

    return await withWorkflow(session, async ({ runner, workflow }) => {
      const inputs = await readInputs(session, workflow);
      const controller = new AbortController();
      const progress = createProgress(session);
      // A node function that waits for nothing that Node.js knows of would let the process end in the middle of the run.
      const alive = setInterval(() => {}, 2 ** 30);
      const releases = [
        () => clearInterval(alive),
        abortOnInterrupt(controller, (text) => session.note(text)),
        abortWhenClosed(io.stdout, controller),
      ];
      try {
        const run = runner.start(workflow, inputs, {
          signal: controller.signal,
          ...(maxConcurrency === null ? {} : { maxConcurrency }),
          onEvent: (event) => {
            if (events) session.print(`${JSON.stringify(event)}\n`);
            // Of sub-workflows that are run once for each item, the batch's progress is enough.
            if (!/\.item_\d/.test(event.scope ?? '')) progress.show(event);
          },
        });
        for (const { name, payload } of sent) run.send(name, payload);
        const result = await run.result;
        progress.stop();
        if (session.json) session.printJson(result);
        else if (!events && result.status === 'succeeded') session.printJson(result.outputs);
        const { err } = session.style;
        const width = io.stderr.columns ?? session.width;
        session.note(
          session.quiet ? renderFailures(result, err) : renderRunSummary(result, { width, style: err }),
        );
        return result.status === 'succeeded' ? EXIT.done : EXIT.failed;
      } finally {
        progress.stop();
        for (const release of releases) release();
      }
    });
  },
};
