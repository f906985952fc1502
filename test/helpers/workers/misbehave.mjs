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
      throw Object.assign(new Error(message), { name: 'TerminalError' });
    },
    reject: () => Promise.reject(new TypeError(message)),
    exit: () => process.exit(3),
    'return a function': () => () => {},
    route: () => ({ [Symbol.for('forkchart.routed')]: true, action: 'retry', output: message }),
  };
  return ways[how]();
}
