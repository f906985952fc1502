import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/ir/json.js';
import { parseValueSchema } from '../../../src/ir/value-schema.js';
import { Mailbox, MOST_KEPT } from '../../../src/runtime/mailbox.js';

const never = new AbortController().signal;
const COUNT = parseValueSchema({ type: 'integer' });

/** Waits for an event that nothing is asked of, unless it is said otherwise. */
const receive = (
  mailbox: Mailbox,
  event: string,
  {
    schema = null,
    signal = never,
    refused = () => {},
    awaited = () => {},
  }: Partial<Parameters<Mailbox['receive']>[1]> = {},
): Promise<JsonValue> => mailbox.receive(event, { schema, signal, refused, awaited });

describe('an event', () => {
  it('goes to the one that has waited longest for its name', async () => {
    const mailbox = new Mailbox(1000);
    const first = receive(mailbox, 'approved');
    const other = receive(mailbox, 'refused');
    const second = receive(mailbox, 'approved');
    expect([mailbox.send('approved', 1), mailbox.send('approved', 2), mailbox.send('refused', 3)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await Promise.all([first, second, other])).toEqual([1, 2, 3]);
    expect(mailbox.size).toEqual({ waiting: 0, kept: 0 });
  });

  it('is kept where none waits, in order of arrival', async () => {
    const mailbox = new Mailbox(1000);
    expect([mailbox.send('e', 'a'), mailbox.send('e', null), mailbox.send('e', undefined)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(mailbox.size).toEqual({ waiting: 0, kept: 3 });
    expect(await Promise.all([receive(mailbox, 'e'), receive(mailbox, 'e'), receive(mailbox, 'e')])).toEqual([
      'a',
      null,
      null,
    ]);
    expect(mailbox.size).toEqual({ waiting: 0, kept: 0 });
  });

  it('may have any name, those of object members included', async () => {
    const mailbox = new Mailbox(1000);
    for (const name of ['__proto__', 'constructor', '', 'a.b', '#x']) {
      const waiting = receive(mailbox, name);
      expect(mailbox.send(name, name)).toBe(true);
      expect(await waiting).toBe(name);
    }
  });

  it('carries a frozen copy', async () => {
    const mailbox = new Mailbox(1000);
    const mine = { list: [1], ['__proto__']: 2 };
    mailbox.send('e', mine);
    mine.list.push(2);
    const got = await receive(mailbox, 'e');
    expect(JSON.stringify(got)).toBe('{"list":[1],"__proto__":2}');
    expect(Object.isFrozen(got)).toBe(true);
  });

  it.each([
    ['is not JSON', () => 1],
    ['is too large', 'x'.repeat(1000)],
  ])('is refused when its payload %s', (_, payload) => {
    const mailbox = new Mailbox(1000);
    expect(() => mailbox.send('e', payload)).toThrow(expect.objectContaining({ code: 'FC9002' }));
    expect(mailbox.size.kept).toBe(0);
  });

  it('is refused without a name', () => {
    expect(() => new Mailbox(1000).send(7 as never, 1)).toThrow(expect.objectContaining({ code: 'FC9002' }));
  });

  it(`is refused when ${MOST_KEPT} are kept, until one of them is taken`, async () => {
    const mailbox = new Mailbox(1000);
    for (let index = 0; index < MOST_KEPT; index++) mailbox.send(`e${index % 7}`, index);
    expect(() => mailbox.send('e0', 'one more')).toThrow(expect.objectContaining({ code: 'FC9002' }));
    expect(await receive(mailbox, 'e0')).toBe(0);
    expect(mailbox.send('e0', 'one more')).toBe(false);
    const waiting = receive(mailbox, 'another');
    expect(mailbox.send('another', 1)).toBe(true);
    expect(await waiting).toBe(1);
  });
});

describe('an event that does not fit', () => {
  it('is refused with the problems, and the wait goes on', async () => {
    const mailbox = new Mailbox(1000);
    const waiting = receive(mailbox, 'count', { schema: COUNT });
    expect(() => mailbox.send('count', 'many')).toThrow(
      expect.objectContaining({ code: 'FC5016', message: expect.stringContaining('number') }),
    );
    expect(mailbox.size).toEqual({ waiting: 1, kept: 0 });
    expect(mailbox.send('count', 3)).toBe(true);
    expect(await waiting).toBe(3);
  });

  it('is not passed on to one that has waited less, though it would fit', () => {
    const mailbox = new Mailbox(1000);
    void receive(mailbox, 'e', { schema: COUNT });
    void receive(mailbox, 'e');
    expect(() => mailbox.send('e', 'text')).toThrow(expect.objectContaining({ code: 'FC5016' }));
    expect(mailbox.size.waiting).toBe(2);
  });

  it('is dropped where it was kept, and the next one is looked at', async () => {
    const mailbox = new Mailbox(1000);
    for (const payload of ['many', 2.5, 3, 4]) mailbox.send('count', payload);
    const dropped: (readonly string[])[] = [];
    expect(
      await receive(mailbox, 'count', { schema: COUNT, refused: (problems) => dropped.push(problems) }),
    ).toBe(3);
    expect(dropped).toHaveLength(2);
    expect(dropped[0]?.join()).toContain('number');
    expect(mailbox.size.kept).toBe(1);
  });
});

describe('a wait that is ended', () => {
  it('leaves nothing behind, and gets nothing', async () => {
    const mailbox = new Mailbox(1000);
    const { signal, abort } = controller();
    const waiting = receive(mailbox, 'e', { signal });
    const second = receive(mailbox, 'e');
    abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect(mailbox.size).toEqual({ waiting: 1, kept: 0 });
    expect(mailbox.send('e', 1)).toBe(true);
    expect(await second).toBe(1);
  });

  it('before it begins leaves what is kept to others', async () => {
    const mailbox = new Mailbox(1000);
    mailbox.send('e', 1);
    await expect(receive(mailbox, 'e', { signal: AbortSignal.abort('over') })).rejects.toBe('over');
    expect(mailbox.size).toEqual({ waiting: 0, kept: 1 });
  });

  it('is said where nothing that was kept will do, and only there', async () => {
    const mailbox = new Mailbox(1000);
    let waits = 0;
    const awaited = () => void waits++;
    mailbox.send('e', 1);
    await receive(mailbox, 'e', { awaited });
    expect(waits).toBe(0);
    mailbox.send('e', 'no number');
    const waiting = receive(mailbox, 'e', { schema: COUNT, awaited });
    expect(waits).toBe(1);
    mailbox.send('e', 2);
    expect(await waiting).toBe(2);
  });

  it('after it was given an event keeps that', async () => {
    const mailbox = new Mailbox(1000);
    const { signal, abort } = controller();
    const waiting = receive(mailbox, 'e', { signal });
    mailbox.send('e', 1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    abort('too late');
    expect(await waiting).toBe(1);
  });
});

function controller() {
  const made = new AbortController();
  return { signal: made.signal, abort: (reason: unknown) => made.abort(reason) };
}
