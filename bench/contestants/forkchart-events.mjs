import { forkchart } from './forkchart.mjs';

/** The same with somebody listening to every event of every run, as a display or a log does. */
export default {
  title: 'forkchart, listened to',
  how: 'as forkchart, with an `onEvent` that gets every event of the run',
  packages: ['forkchart'],
  ...forkchart({
    async listen(runner, workflow, inputs, nodes) {
      let settled = 0;
      const onEvent = (event) => {
        if (event.type === 'node.settled') settled += 1;
      };
      const result = await runner.start(workflow, inputs, { onEvent }).result;
      if (settled < nodes) throw new Error(`heard of ${settled} nodes of ${nodes}`);
      return result;
    },
  }),
};
