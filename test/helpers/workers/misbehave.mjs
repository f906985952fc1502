import { ForkchartError, TerminalError } from '../../../dist/ir/errors.js';

/** Ends in the way that it is told to. */
export default function misbehave({ how, message }) {
  const ways = {
    throw: () => {
      throw new RangeError(message);
    },
    'throw a text': () => {
      throw message;
    },
    'throw a terminal error': () => {
      throw new TerminalError(message);
    },
    'throw an error that says so': () => {
      throw Object.assign(new Error(message), { [Symbol.for('forkchart.terminal')]: true });
    },
    'throw an error of that name': () => {
      throw Object.assign(new Error(message), { name: 'TerminalError' });
    },
    'throw a terminal ForkchartError': () => {
      throw new ForkchartError('FC6002', message, { hint: '', terminal: true });
    },
    print: () => {
      // biome-ignore lint/suspicious/noConsole: what it does with it is tested
      console.log(message);
      process.stdout.write(`${message}\n`);
    },
    reject: () => Promise.reject(new TypeError(message)),
    exit: () => process.exit(3),
    'return a function': () => () => {},
    route: () => ({ [Symbol.for('forkchart.routed')]: true, action: 'retry', output: message }),
  };
  return ways[how]();
}
