/** Words that a reader takes in a minute. */
const WORDS_A_MINUTE = 230;

/** What the workflow's `function` nodes call, by name. */
export const functions = {
  /** @param {string} text */
  outline: (text) =>
    [...withoutCode(text).matchAll(/^(#+) (.*)$/gm)].map(([, marks, title]) => ({
      level: marks.length,
      title,
    })),

  /** @param {string} text */
  words: (text) => {
    const count = withoutCode(text).match(/[\p{L}\p{N}'’-]+/gu)?.length ?? 0;
    return { count, minutes: Math.ceil(count / WORDS_A_MINUTE) };
  },

  /** @param {string} text */
  links: (text) => [
    ...new Set([...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)),
  ],
};

/** @param {string} text */
const withoutCode = (text) => text.replaceAll(/^```.*?^```$/gms, '');
