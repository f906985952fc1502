/** Enough of a name to recognise it; a name may be megabytes long, and a message must not be. */
const SHOWN = 80;

/** A name as it appears in messages: in backquotes, on one line, cut where it is long. */
export function quote(name: string): string {
  return `\`${literal(name).slice(1, -1).replaceAll('\\"', '"')}\``;
}

/** A text as it is written in JSON, cut where it is long: for what is to be typed, and for texts that are not names. */
export function literal(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** `a`, `b` and `c`, each quoted. */
export function listOf(names: readonly string[], most = 8): string {
  const quoted = names.slice(0, most).map(quote);
  if (names.length > most) return `${quoted.join(', ')} and ${names.length - most} more`;
  const last = quoted.pop();
  return quoted.length === 0 ? (last ?? '') : `${quoted.join(', ')} and ${last}`;
}

/** What a value is, in a few words: `the text "abc"`, `3`, `a list`. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `the text ${literal(value)}`;
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return 'an object';
    case 'undefined':
      return 'missing';
    default:
      return `a ${typeof value}`;
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1] ?? ''}`;
}
