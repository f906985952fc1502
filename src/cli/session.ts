import type { Readable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import type { Diagnostic } from '../ir/diagnostics/diagnostic.js';
import type { Arguments } from './arguments.js';
import { createStyle, type Style, wantsColors } from './output/style.js';

/** A stream to write to that may be a terminal. */
export type OutputStream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** What the process gives to a command. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** One command being carried out: its arguments, and where its output goes. */
export class Session {
  readonly args: Arguments;
  readonly io: Io;
  /** `--json`: stdout gets one JSON document and nothing else. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** Styles for stdout and stderr, which need not both be terminals. */
  readonly style: { readonly out: Style; readonly err: Style };

  constructor(args: Arguments, io: Io) {
    this.args = args;
    this.io = io;
    this.json = args.has('json');
    this.quiet = args.has('quiet');
    this.style = {
      out: createStyle(wantsColors(io.env, io.stdout)),
      err: createStyle(wantsColors(io.env, io.stderr)),
    };
  }

  /** Columns to lay text out in: the terminal's, else 100. */
  get width(): number {
    return this.io.stdout.columns ?? this.io.stderr.columns ?? 100;
  }

  /** Data: to stdout. */
  print(text: string): void {
    this.io.stdout.write(text);
  }

  /** The one JSON document of `--json`: to stdout. */
  printJson(value: unknown): void {
    this.io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** What goes on: to stderr. */
  note(text: string): void {
    this.io.stderr.write(text);
  }

  /** The document of `--json` for whatever cannot be done, the same on every verb. */
  printRefusal(diagnostics: readonly Diagnostic[]): void {
    this.printJson({ ok: false, diagnostics });
  }
}
