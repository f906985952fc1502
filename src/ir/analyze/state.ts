import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import type { JsonValue } from '../json.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import { problemsOfWrite } from '../state/write.js';
import { describeType, isOfType, withArticle } from '../value-type.js';
import type { Reducer, StateKey, ValueType } from '../workflow.js';
import type { Problems } from './problems.js';
import { tryParseSchema } from './value-schemas.js';

/** What a key holds before the first write if its author did not say. */
export const INITIAL: Readonly<Record<Reducer, JsonValue>> = {
  replace: null,
  append: [],
  concat: [],
  unique: [],
  merge: {},
  deep: {},
  sum: 0,
  min: null,
  max: null,
};

/** What a reducer can begin with; any value where nothing is said. */
const BEGINS_WITH: Readonly<Partial<Record<Reducer, readonly ValueType[]>>> = {
  append: ['array'],
  unique: ['array'],
  concat: ['array', 'string'],
  merge: ['object'],
  deep: ['object'],
  sum: ['number'],
};

/** FC1004, FC3002, FC3011: the keys of the state, what they begin with, who names keys that are not there, and fallbacks. */
export function checkState(source: SourceWorkflow, problems: Problems): void {
  const { state, nodes } = source.core;
  // Without declared keys, `reads` and `writes` are labels that say who must not run at the same time.
  if (state === undefined) return;
  const names = Object.keys(state);
  const keys = { names, known: new Set(names) };
  const sound = Object.entries(state).flatMap(([key, spec]) => checkKey(key, spec, source, problems) ?? []);
  nodes.forEach((node, v) => {
    checkKeys(node, node.reads ?? [], `/nodes/${v}/reads`, 'reads', keys, problems);
    checkKeys(node, node.writes ?? [], `/nodes/${v}/writes`, 'writes', keys, problems);
    checkFallback(node, v, sound, names, problems);
  });
}

/** The key, if all that is said of it goes together. */
function checkKey(
  key: string,
  { schema, reducer, default: value }: NonNullable<CoreIr['state']>[string],
  source: SourceWorkflow,
  problems: Problems,
): StateKey | null {
  const at = pointerTo(['state', key]);
  let isSound = true;
  const wrong = (message: string, hint: string): void => {
    isSound = false;
    problems.add({ code: 'FC1004', severity: 'error', at: `${at}/default`, message, hint });
  };
  const begins = BEGINS_WITH[reducer];
  if (value !== undefined && begins !== undefined && !begins.some((type) => isOfType(value, type))) {
    wrong(
      `The default of the state key ${quote(key)} is ${describeType(value)}; the reducer "${reducer}" begins with ${begins.map(withArticle).join(' or ')}.`,
      `Write ${JSON.stringify(INITIAL[reducer])}, or another \`reducer\`.`,
    );
  }
  const pointer = source.pointerOf(at);
  const parsed =
    schema === undefined ? null : tryParseSchema(schema, source.pointerOf(`${at}/schema`), problems);
  const [problem] = value === undefined ? [] : (parsed?.problemsOf(value) ?? []);
  if (problem !== undefined) {
    wrong(
      `The default of the state key ${quote(key)} does not fit its schema: ${problem}.`,
      'Give the default that form, or the key another `schema`.',
    );
  }
  const initial = value === undefined ? INITIAL[reducer] : value;
  return isSound ? { name: key, reducer, schema: parsed?.source ?? null, default: initial, pointer } : null;
}

/** FC1004: no attempt looks at a fallback, so it is held here against the keys that it is written to, with their defaults before it. */
function checkFallback(
  { id, fallback, writes = [] }: CoreNode,
  v: number,
  sound: readonly StateKey[],
  names: readonly string[],
  problems: Problems,
): void {
  if (fallback === undefined || writes.length === 0) return;
  const written = new Set(writes);
  const keys = sound.filter(({ name }) => written.has(name));
  // With a key that was reported, it is not clear what goes to the others.
  if (keys.length !== names.filter((name) => written.has(name)).length) return;
  const found = problemsOfWrite(keys, fallback, {});
  if (found.length === 0) return;
  problems.add({
    code: 'FC1004',
    severity: 'error',
    at: `/nodes/${v}/fallback`,
    message: `The fallback of ${quote(id)} cannot be written to the state: ${found.join('; ')}.`,
    hint: 'A fallback is written as an output is: give it the field of each key in `writes`, of the form that the key takes.',
  });
}

function checkKeys(
  { id }: CoreNode,
  named: readonly string[],
  at: string,
  verb: string,
  { names, known }: { readonly names: readonly string[]; readonly known: ReadonlySet<string> },
  problems: Problems,
): void {
  named.forEach((key, i) => {
    if (known.has(key)) return;
    const path = `${at}/${i}`;
    const near = problems.nearest(key, names);
    problems.add({
      code: 'FC3002',
      severity: 'error',
      at: path,
      message: `${quote(id)} ${verb} the state key ${quote(key)}, which is not declared.`,
      hint:
        near !== undefined
          ? `Did you mean ${quote(near)}?`
          : `Declare it: "state": { ${JSON.stringify(key)}: {} }${names.length === 0 ? '' : `, or name one of ${listOf(names)}`}.`,
      fix: [
        near === undefined
          ? { op: 'add', path: pointerTo(['state', key]), value: {} }
          : { op: 'replace', path, value: near },
      ],
    });
  });
}
