/**
 * Makes text from workflows, node functions and files safe to show: control characters (ESC above all, which could drive
 * the terminal), characters that reorder text, and half surrogate pairs become visible escapes such as `\u001b`. A line
 * break becomes `\n`, so that the result is always one line.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu,
    (char) => {
      const short = SHORT.get(char);
      return short ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

const SHORT = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A name to stand among other words: as it is, or quoted where it is empty or blank at an end. */
export function printableName(name: string): string {
  return name === '' || name !== name.trim() ? printable(JSON.stringify(name)) : printable(name);
}
