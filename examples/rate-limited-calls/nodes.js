import { defineNode } from 'forkchart';
import { z } from 'zod';

/** Asks the service how long the day is. Fails where it is refused, so that the node's `retry` decides what comes next. */
export const dayLength = defineNode({
  type: 'day-length',
  description: 'Gives back the hours of daylight in June at a latitude.',
  params: z.strictObject({ url: z.string(), latitude: z.number().min(-90).max(90) }),
  effects: 'pure',
  async run({ url, latitude }, { signal }) {
    const response = await fetch(`${url}/day-length?latitude=${latitude}`, { signal });
    if (response.status === 429) {
      await response.body?.cancel();
      throw new Error(`the service is busy, for another ${response.headers.get('retry-after')} s`);
    }
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return (await response.json()).hours;
  },
});
