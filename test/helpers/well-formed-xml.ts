const TOKEN =
  /<(?:(?<close>\/)?(?<name>[A-Za-z][\w-]*)(?<attributes>(?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(?<empty>\/)?)>|(?<text>[^<]+)/y;
const STRAY_AMPERSAND = /&(?!(?:amp|lt|gt|quot|#39);)/;

/**
 * Whether a text is one XML element, as far as the documents that we write go: balanced tags, quoted attributes that are
 * not given twice, no sign that should have been escaped.
 *
 * @returns what is wrong with it, or `null`
 */
export function flawInXml(source: string): string | null {
  const open: string[] = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) return `not XML: ${source.slice(at, at + 60)}`;
    if (STRAY_AMPERSAND.test(match[0])) return `a bare & in ${match[0].slice(0, 60)}`;
    const { close, name, attributes = '', empty, text } = match.groups ?? {};
    if (text === undefined && name !== undefined) {
      const names = [...attributes.matchAll(/\s([\w:-]+)=/g)].map(([, attribute]) => attribute);
      if (new Set(names).size < names.length) return `an attribute twice in ${match[0]}`;
      if (close !== undefined) {
        const expected = open.pop();
        if (expected !== name) return `</${name}> where </${expected}> should be`;
      } else if (empty === undefined) open.push(name);
    } else if (open.length === 0) return `text outside of the element: ${text}`;
    at = TOKEN.lastIndex;
    if (open.length === 0 && at < source.length) return `more than one element: ${source.slice(at, at + 60)}`;
  }
  return open.length === 0 ? null : `<${open.at(-1)}> is not closed`;
}
