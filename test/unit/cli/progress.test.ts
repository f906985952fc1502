import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.js';
import { createProgress } from '../../../src/cli/progress.js';
import { Session } from '../../../src/cli/session.js';
import { runVerb } from '../../../src/cli/verbs/run.js';
import { runEvent } from '../../helpers/named-event.js';

const started = (node: string) => runEvent(0, { type: 'node.started', node, attempt: 1 });

interface Setting {
  readonly args?: readonly string[];
  readonly stderrIsTerminal?: boolean;
  readonly stdoutIsTerminal?: boolean;
}

function setUp({ args = [], stderrIsTerminal = false, stdoutIsTerminal = false }: Setting) {
  let written = '';
  const stderr = new PassThrough().on('data', (chunk) => {
    written += chunk;
  });
  const session = new Session(parseArguments('run', ['flow.json', ...args], runVerb.options), {
    stdin: Readable.from([]),
    stdout: Object.assign(new PassThrough(), stdoutIsTerminal ? { isTTY: true } : {}),
    stderr: Object.assign(stderr, stderrIsTerminal ? { isTTY: true, columns: 80, rows: 10 } : {}),
    env: { NO_COLOR: '1' },
    cwd: '/',
  });
  return { progress: createProgress(session), written: () => written };
}

describe('a run that waits for an event', () => {
  it.each([['--quiet'], ['--no-progress']])('says so with %s, where nothing else is said', (flag) => {
    const { progress, written } = setUp({ args: [flag] });
    progress.show(started('w'));
    progress.show(runEvent(5, { type: 'event.awaited', node: 'w', event: 'approved' }));
    progress.stop();
    expect(written()).toMatch(/^ +5 ms {2}w waits for the event approved; `--send NAME=JSON` [^\n]*\n$/);
  });
});

describe('progress on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('redraws one block in place, and takes it away at the end', () => {
    const { progress, written } = setUp({ stderrIsTerminal: true });
    progress.show(
      runEvent(0, {
        type: 'run.started',
        workflow: 'w',
        hash: '',
        nodes: 2,
        time: '2026-01-01T00:00:00.000Z',
      }),
    );
    progress.show(started('analyze'));
    progress.show(started('visualize'));
    vi.advanceTimersByTime(160);
    expect(written()).toContain('executing 2 steps in parallel: analyze, visualize');
    // Hidden cursor, three lines; up three, erased, three lines again.
    expect(written().split('\u001b[3A\u001b[0J')).toHaveLength(2);
    expect(written()).toContain('160 ms');
    progress.stop();
    progress.stop();
    expect(written().endsWith('\u001b[3A\u001b[0J\u001b[?25h')).toBe(true);
    const before = written();
    vi.advanceTimersByTime(1000);
    expect(written()).toBe(before);
  });

  it('keeps above the block what a node logs', () => {
    const { progress, written } = setUp({ stderrIsTerminal: true });
    progress.show(started('a'));
    vi.advanceTimersByTime(80);
    progress.show(runEvent(0, { type: 'node.log', node: 'a', message: 'hello' }));
    vi.advanceTimersByTime(80);
    expect(written()).toMatch(/\[2A.\[0J +0 ms {2}a: hello\n/);
    progress.stop();
  });

  it('draws no block where the events themselves go to the same terminal', () => {
    const { progress, written } = setUp({
      stderrIsTerminal: true,
      stdoutIsTerminal: true,
      args: ['--events'],
    });
    progress.show(started('a'));
    vi.advanceTimersByTime(500);
    progress.stop();
    expect(written()).toBe('');
  });
});

describe('progress elsewhere', () => {
  it('is plain lines, without escape sequences', () => {
    const { progress, written } = setUp({});
    progress.show(started('a'));
    progress.show(started('b'));
    progress.stop();
    expect(written()).toBe('     0 ms  executing 2 steps in parallel: a, b\n');
  });

  it.each(['--quiet', '--no-progress'])('is nothing with %s', (flag) => {
    const { progress, written } = setUp({ args: [flag], stderrIsTerminal: true });
    progress.show(started('a'));
    progress.stop();
    expect(written()).toBe('');
  });
});
