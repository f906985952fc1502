import type { RunEvent } from '../runtime/event.js';
import { renderRunBlock } from './output/run-block.js';
import { renderRunLines } from './output/run-lines.js';
import { RunView } from './output/run-view.js';
import type { Style } from './output/style.js';
import type { OutputStream, Session } from './session.js';

/** Shows on stderr what a run is doing. */
export interface Progress {
  show(event: RunEvent): void;
  /** Shows what is left, and takes away what does not last. May be called again. */
  stop(): void;
}

/** A block that is redrawn on a terminal, plain lines elsewhere, next to nothing where it is not wanted. */
export function createProgress(session: Session): Progress {
  const { args, io, quiet, style } = session;
  const silent = new SilentProgress(io.stderr, style.err);
  if (quiet || args.has('no-progress')) return silent;
  const live = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  // Events that scroll by on the same terminal are the progress, and would tear the block apart.
  if (live && args.has('events') && io.stdout.isTTY === true) return silent;
  return live ? new LiveProgress(io.stderr, style.err) : new PlainProgress(io.stderr, style.err);
}

/** Nothing but what the run would stand still for without a word. */
class SilentProgress implements Progress {
  readonly #stream: OutputStream;
  readonly #style: Style;

  constructor(stream: OutputStream, style: Style) {
    this.#stream = stream;
    this.#style = style;
  }

  show(event: RunEvent): void {
    if (event.type !== 'event.awaited') return;
    const lines = renderRunLines([event], new RunView(), { style: this.#style, lastingOnly: true });
    this.#stream.write(`${lines.join('\n')}\n`);
  }

  stop(): void {}
}

/** What happened in one turn of the event loop is shown together: nodes that start at once share a line. */
class PlainProgress implements Progress {
  readonly #run = new RunView();
  readonly #stream: OutputStream;
  readonly #style: Style;
  #batch: RunEvent[] = [];

  constructor(stream: OutputStream, style: Style) {
    this.#stream = stream;
    this.#style = style;
  }

  show(event: RunEvent): void {
    if (this.#batch.push(event) === 1) setImmediate(() => this.stop());
  }

  stop(): void {
    const lines = renderRunLines(this.#batch, this.#run, { style: this.#style });
    this.#batch = [];
    if (lines.length > 0) this.#stream.write(`${lines.join('\n')}\n`);
  }
}

const FRAME_MS = 80;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** One block, redrawn in place; above it, the lines that are to stay: failures and what nodes log. */
class LiveProgress implements Progress {
  readonly #run = new RunView();
  readonly #stream: OutputStream;
  readonly #style: Style;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #onExit = () => this.#stream.write(SHOW_CURSOR);
  #lasting: string[] = [];
  #drawn = 0;
  #frame = 0;
  #stopped = false;

  constructor(stream: OutputStream, style: Style) {
    this.#stream = stream;
    this.#style = style;
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#timer.unref();
    // A second Ctrl-C exits in the middle of a frame.
    process.on('exit', this.#onExit);
    stream.write(HIDE_CURSOR);
  }

  show(event: RunEvent): void {
    this.#lasting.push(...renderRunLines([event], this.#run, { style: this.#style, lastingOnly: true }));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#stream.write(this.#takeAway() + SHOW_CURSOR);
    process.off('exit', this.#onExit);
  }

  #draw(): void {
    const block = renderRunBlock(this.#run, {
      now: performance.now() - this.#startedAt,
      frame: this.#frame++,
      columns: this.#stream.columns ?? 80,
      rows: this.#stream.rows ?? 24,
      style: this.#style,
    });
    this.#stream.write(`${this.#takeAway()}${block.join('\n')}\n`);
    this.#drawn = block.length;
  }

  /** Erases the block and puts in its place the lines that are to stay. */
  #takeAway(): string {
    const erase = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[0J`;
    const lasting = this.#lasting.map((line) => `${line}\n`).join('');
    this.#lasting = [];
    this.#drawn = 0;
    return erase + lasting;
  }
}
