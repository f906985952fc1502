import { afterEach, describe, expect, it, vi } from 'vitest';
import { Actor, type AnyActorRef, createActor, fromPromise, type InspectionEvent } from 'xstate';
import { createFastMachine, isFast } from '../../../../src/machines/stepper/fast-machine.js';
import { type Begin, type Job, oneShot } from '../../../../src/machines/stepper/one-shot.js';
import { OneShotActor } from '../../../../src/machines/stepper/one-shot-actor.js';

type Scene = (job: Job<unknown, unknown>, parent: AnyActorRef, child: AnyActorRef) => void | Promise<void>;

const config = {
  initial: 'working',
  states: {
    working: {
      invoke: { id: 'job', src: 'job', input: () => 7, onDone: 'done', onError: 'failed' },
      on: { leave: 'left' },
    },
    done: {},
    failed: {},
    left: {},
  },
};

/** What is seen of a machine and its one actor from outside: by its inspector, by who subscribes to the actor, and by who asks it. */
async function seen(isLean: boolean, isWatched: boolean, scene: Scene): Promise<readonly unknown[]> {
  const log: unknown[] = [];
  const jobs: Job<unknown, unknown>[] = [];
  const begin: Begin<unknown, unknown> = (job) => void jobs.push(job);
  const { config: creator } = oneShot(begin);
  const job = isLean ? oneShot(begin) : fromPromise(creator as never);
  const machine = createFastMachine(config, { actors: { job } });
  expect(isFast(machine)).toBe(true);
  const inspect = (event: InspectionEvent): void => {
    const on = 'event' in event ? event.event : null;
    const { status, value } = ('snapshot' in event ? event.snapshot : {}) as {
      status?: string;
      value?: string;
    };
    const about = (event.actorRef as AnyActorRef).src === 'job' ? 'job' : 'parent';
    log.push([event.type, about, on, status, value]);
  };
  const parent = createActor(machine, isWatched ? { inspect } : {});
  parent.start();
  const child = (parent.getSnapshot() as { children: Record<string, AnyActorRef> }).children
    .job as AnyActorRef;
  expect(child instanceof OneShotActor).toBe(isLean);
  expect(child).toBeInstanceOf(Actor);
  log.push([
    'child',
    child.id,
    child.src,
    child.getSnapshot(),
    child.getPersistedSnapshot(),
    child.toJSON?.(),
  ]);
  await scene(jobs[0] as Job<unknown, unknown>, parent, child);
  await new Promise((resolve) => setImmediate(resolve));
  log.push(['end', parent.getSnapshot().value, child.getSnapshot(), parent.getPersistedSnapshot()]);
  return log;
}

const observe = (child: AnyActorRef, said: unknown[]) =>
  child.subscribe({
    next: ({ status, output }: { status: string; output: unknown }) => said.push(['next', status, output]),
    error: (error: unknown) => said.push(['error', error]),
    complete: () => said.push(['complete']),
  });

const scenes: readonly (readonly [name: string, scene: Scene])[] = [
  ['succeeds', (job) => job.succeed({ a: 1 })],
  ['fails', (job) => job.fail({ failure: 'x' })],
  ['is left', (_, parent) => parent.send({ type: 'leave' })],
  [
    'is left, and then succeeds',
    (job, parent) => {
      parent.send({ type: 'leave' });
      job.succeed(1);
      job.fail(2);
    },
  ],
  [
    'settles twice',
    (job) => {
      job.succeed(1);
      job.succeed(2);
      job.fail(3);
    },
  ],
  [
    'is sent something',
    (job, _, child) => {
      child.send({ type: 'anything' });
      job.succeed(1);
    },
  ],
  ['outlives its parent not', (_, parent) => void (parent as unknown as { stop(): void }).stop()],
];

describe('an actor that does one thing', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(scenes)('is to those around it what XState makes of a promise: it %s', async (_, scene) => {
    for (const isWatched of [true, false]) {
      expect(await seen(true, isWatched, scene)).toEqual(await seen(false, isWatched, scene));
    }
  });

  it.each(scenes)('tells those who subscribe what XState would: it %s', async (_, scene) => {
    const heard = async (isLean: boolean): Promise<readonly unknown[]> => {
      const said: unknown[] = [];
      await seen(isLean, false, async (job, parent, child) => {
        const left: unknown[] = [];
        observe(child, left).unsubscribe();
        observe(child, said);
        await scene(job, parent, child);
        await new Promise((resolve) => setImmediate(resolve));
        observe(child, said);
        said.push(left);
      });
      return said;
    };
    expect(await heard(true)).toEqual(await heard(false));
  });

  it('has a signal that is aborted when it is left, asked for before or after, and not once it has ended', async () => {
    const states: boolean[] = [];
    await seen(true, false, (job, parent) => {
      const { signal } = job;
      states.push(job.isStopped, signal.aborted);
      parent.send({ type: 'leave' });
      states.push(job.isStopped, signal.aborted, job.signal === signal);
    });
    await seen(true, false, (job, parent) => {
      parent.send({ type: 'leave' });
      states.push(job.signal.aborted);
    });
    await seen(true, false, (job, parent) => {
      const { signal } = job;
      job.succeed(1);
      (parent as unknown as { stop(): void }).stop();
      states.push(signal.aborted, job.isStopped);
    });
    expect(states).toEqual([false, false, true, true, true, true, false, false]);
  });

  it('warns of what it is sent after its end, as XState does', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await seen(true, false, (job, _, child) => {
      job.succeed(1);
      child.send({ type: 'late' });
    });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('"late" was sent to stopped actor'));
  });

  it('fails with what beginning it throws', async () => {
    const job = oneShot(() => {
      throw new Error('at once');
    });
    const actor = createActor(createFastMachine(config, { actors: { job } })).start();
    expect(actor.getSnapshot().value).toBe('failed');
  });
});
