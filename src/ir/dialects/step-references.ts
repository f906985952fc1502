import type { JsonValue } from '../json.js';

/** A whole string that is a reference: `steps.fetch.rows`, `inputs.topic`. */
const BARE = /^(steps|inputs)\.([\w-]+)((?:\.[\w-]+|\[(?:\d+|\*)\])*)$/;
/** The same inside of `${…}`; `$${` is an escape and stays as it is. */
const EMBEDDED = /\$\$\{|\$\{steps\.([\w-]+)((?:\.[\w-]+|\[(?:\d+|\*)\])*)\}/g;

/**
 * Turns a step plan's references into templates of the core form: `steps.fetch.rows` into `${fetch.rows}`, `inputs.topic`
 * into `${inputs.topic}`. A string that is a reference and nothing else is always one: a plan that means the text can
 * write it otherwise (`./inputs.txt`), while a misspelt reference that passed for text would never be found.
 *
 * @param outputNames by step, the name of its output: `steps.fetch.<that name>` is all of it
 */
export function toTemplates(value: JsonValue, outputNames: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string') return textToTemplate(value, outputNames);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: JsonValue) => toTemplates(element, outputNames));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, toTemplates(member, outputNames)]),
  );
}

function textToTemplate(text: string, outputNames: ReadonlyMap<string, string>): string {
  const [, root, id = '', path = ''] = BARE.exec(text) ?? [];
  if (root === 'inputs') return `\${${text}}`;
  if (root === 'steps') return stepTemplate(id, path, outputNames);
  return text.replace(EMBEDDED, (whole: string, step: string | undefined, rest: string | undefined) =>
    step === undefined ? whole : stepTemplate(step, rest ?? '', outputNames),
  );
}

function stepTemplate(id: string, path: string, outputNames: ReadonlyMap<string, string>): string {
  const whole = `.${outputNames.get(id) ?? 'output'}`;
  const namesWhole = path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
  return `\${${id}${namesWhole ? path.slice(whole.length) : path}}`;
}
