import { defineNode } from 'forkchart';
import { z } from 'zod';
import { fileCount } from '../data.js';

const LARGEST = 10;

/** Adds up the lines of single files, by language. */
export const totalLines = defineNode({
  type: 'total-lines',
  description: 'Adds up lines by language, and finds the largest files.',
  params: z.strictObject({ files: z.array(fileCount) }),
  effects: 'pure',
  run({ files }) {
    const total = { files: 0, code: 0, comment: 0, blank: 0 };
    /** @type {Map<string, typeof total & { language: string }>} */
    const languages = new Map();
    for (const file of files) {
      const language = languages.get(file.language) ?? {
        language: file.language,
        files: 0,
        code: 0,
        comment: 0,
        blank: 0,
      };
      languages.set(file.language, language);
      for (const sum of [total, language]) {
        sum.files += 1;
        sum.code += file.code;
        sum.comment += file.comment;
        sum.blank += file.blank;
      }
    }
    return {
      ...total,
      languages: [...languages.values()].sort(byCode),
      largest: [...files].sort(byCode).slice(0, LARGEST),
    };
  },
});

/**
 * @param {{ code: number, comment: number }} a
 * @param {{ code: number, comment: number }} b
 */
const byCode = (a, b) => b.code - a.code || b.comment - a.comment;
