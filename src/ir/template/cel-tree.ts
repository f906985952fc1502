import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { type ParsedReference, parseReference } from './reference-parser.js';

/** A text that is no condition: why, and what to write. */
export class ConditionSyntaxError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export function tooDeep(): ConditionSyntaxError {
  return new ConditionSyntaxError(
    'it nests too deeply',
    'Let a node compute it, and test what the node returns.',
  );
}

/**
 * CEL knows no `${…}`: each becomes a name just as long, so that positions stay what they are. What it stands for is found
 * by position, never by that name.
 *
 * @param most how many steps a reference may have.
 */
export function withPlaceholders(
  source: string,
  most: number,
): { text: string; embedded: Map<number, ParsedReference> } {
  const embedded = new Map<number, ParsedReference>();
  let text = '';
  let at = 0;
  for (;;) {
    const open = source.indexOf('${', at);
    if (open < 0) break;
    if (source[open - 1] === '$') {
      text += source.slice(at, open + 2);
      at = open + 2;
      continue;
    }
    const reference = parseReference(source, open + 2, most);
    embedded.set(open, reference);
    text += source.slice(at, open) + '_'.repeat(reference.end - open);
    at = reference.end;
  }
  return { text: text + source.slice(at), embedded };
}

const cel = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 2000, maxDepth: 100, maxListElements: 1000 },
});

/**
 * The tree of a text in CEL's grammar.
 * @throws {ConditionSyntaxError} where it is not, or is too big a tree.
 */
export function celTree(text: string): ASTNode {
  try {
    return cel.parse(text).ast;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    if (!(error instanceof ParseError)) throw error;
    const where = error.range === undefined ? '' : `, at character ${error.range.start + 1}`;
    throw new ConditionSyntaxError(
      `${error.summary}${where}`,
      syntaxHint(text, error.range?.start ?? 0, error.code),
    );
  }
}

/** What people write who know another language better. */
function syntaxHint(text: string, at: number, code: string): string {
  const near = text.slice(Math.max(0, at - 5), at + 4);
  if (near.includes('===') || near.includes('!==')) return 'Write `==` and `!=`; they compare types as well.';
  if (/\b(and|or|not)\b/.test(near)) return 'Write `&&`, `||` and `!` for and, or and not.';
  if (text[at] === '=') return 'Write `==` to compare.';
  if (code === 'reserved_identifier') return 'CEL keeps this word for itself: write the reference as `${…}`.';
  if (code === 'limit_exceeded') return 'Let a node compute it, and test what the node returns.';
  return 'A condition is a CEL expression: `${analyze.score} > 0.5 && inputs.mode == "full"`.';
}
