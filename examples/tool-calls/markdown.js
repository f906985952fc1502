/** As much of Markdown as its links need. */

/** What stands in code is not read as Markdown. */
const CODE = /^(`{3,}|~{3,}).*\n[\s\S]*?^\1.*$|(`+)[^`\n][^\n]*?\2/gm;
const LINK = /\[[^\]\n]*\]\((?<target>[^()\s]+)(?:\s+"[^"\n]*")?\)/g;
const HEADING = /^#{1,6}[ \t]+(?<text>[^\n]+)$/gm;
/** `https:`, `mailto:` and what begins like them. */
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/**
 * Where the links of a document lead, those to the web left out; each target once.
 *
 * @param {string} markdown
 * @returns {readonly string[]}
 */
export function linksIn(markdown) {
  const targets = [...withoutCode(markdown).matchAll(LINK)].map(({ groups }) => groups?.target ?? '');
  return [...new Set(targets)].filter((target) => !ELSEWHERE.test(target));
}

/**
 * The anchors by which a document's headings are linked to, as GitHub makes them.
 *
 * @param {string} markdown
 * @returns {ReadonlySet<string>}
 */
export function anchorsIn(markdown) {
  /** @type {Map<string, number>} */
  const times = new Map();
  const anchors = new Set();
  // A heading may hold code, whose text counts.
  for (const { groups } of markdown.replaceAll(/^(`{3,}|~{3,}).*\n[\s\S]*?^\1.*$/gm, '').matchAll(HEADING)) {
    const anchor = (groups?.text ?? '')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/** @param {string} markdown */
const withoutCode = (markdown) => markdown.replaceAll(CODE, '');
