import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import type { JsonValue } from '../json.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';
import { describeType, isOfType, withArticle } from '../value-type.js';
import type { Reducer, ValueType } from '../workflow.js';
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

/** FC1004, FC3002, FC3011: the keys of the state, what they begin with, and who names keys that are not there. */
export function checkState(source: SourceWorkflow, problems: Problems): void {
  const { state, nodes } = source.core;
  // Without declared keys, `reads` and `writes` are labels that say who must not run at the same time.
  if (state === undefined) return;
  const names = Object.keys(state);
  const keys = { names, known: new Set(names) };
  for (const [key, spec] of Object.entries(state)) checkKey(key, spec, source, problems);
  nodes.forEach((node, v) => {
    checkKeys(node, node.reads ?? [], `/nodes/${v}/reads`, 'reads', keys, problems);
    checkKeys(node, node.writes ?? [], `/nodes/${v}/writes`, 'writes', keys, problems);
  });
}

function checkKey(
  key: string,
  { schema, reducer, default: value }: NonNullable<CoreIr['state']>[string],
  source: SourceWorkflow,
  problems: Problems,
): void {
  const at = pointerTo(['state', key]);
  const wrong = (message: string, hint: string): void =>
    problems.add({ code: 'FC1004', severity: 'error', at: `${at}/default`, message, hint });
  const begins = BEGINS_WITH[reducer];
  if (value !== undefined && begins !== undefined && !begins.some((type) => isOfType(value, type))) {
    wrong(
      `The default of the state key ${quote(key)} is ${describeType(value)}; the reducer "${reducer}" begins with ${begins.map(withArticle).join(' or ')}.`,
      `Write ${JSON.stringify(INITIAL[reducer])}, or another \`reducer\`.`,
    );
  }
  if (schema === undefined) return;
  const parsed = tryParseSchema(schema, source.pointerOf(`${at}/schema`), problems);
  const [problem] = value === undefined ? [] : (parsed?.problemsOf(value) ?? []);
  if (problem !== undefined) {
    wrong(
      `The default of the state key ${quote(key)} does not fit its schema: ${problem}.`,
      'Give the default that form, or the key another `schema`.',
    );
  }
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
