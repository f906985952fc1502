import { AGGREGATES, type Aggregate, isAggregate } from './aggregate.js';

/** One step of a reference after its first word. */
export type Segment =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' }
  | { readonly kind: 'aggregate'; readonly by: Aggregate };

/** One `${…}`, parsed. */
export interface Reference {
  /** The input, node or special name that it starts from. */
  readonly root: string;
  readonly segments: readonly Segment[];
  /** As written, with its braces; for a bare name in a condition, what it would be in braces. */
  readonly text: string;
  /** JSON pointer to the string that holds it. */
  readonly pointer: string;
}

/** A step as it is written, before `.aggregate.max` is told apart from two fields: only a bare word is an operator. */
export type Step =
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'quoted'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

/** A reference that is not written as the grammar asks. */
export class ReferenceSyntaxError extends Error {
  readonly hint: string;
  readonly code: 'FC3001' | 'FC1006';

  constructor(message: string, hint: string, code: 'FC3001' | 'FC1006' = 'FC3001') {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}

/**
 * What the steps mean: a bare `aggregate` is followed by the name of an aggregate, and the two are one segment. A field that
 * is called `aggregate` is written `["aggregate"]`.
 *
 * @param most how many steps there may be: `Limits.templateDepth`.
 * @throws {ReferenceSyntaxError} for an unknown aggregate (FC3001) or more steps than that (FC1006).
 */
export function toSegments(steps: readonly Step[], most: number): Segment[] {
  if (steps.length > most) {
    throw new ReferenceSyntaxError(
      `the reference has ${steps.length} steps, and ${most} is the limit`,
      'Let a node pick the part that is needed.',
      'FC1006',
    );
  }
  const segments: Segment[] = [];
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    if (step?.kind === 'word' && step.name === 'aggregate') {
      segments.push({ kind: 'aggregate', by: aggregateNamed(steps[++at]) });
    } else if (step?.kind === 'word' || step?.kind === 'quoted') {
      segments.push({ kind: 'field', name: step.name });
    } else if (step !== undefined) {
      segments.push(step);
    }
  }
  return segments;
}

function aggregateNamed(step: Step | undefined): Aggregate {
  if (step?.kind === 'word' && isAggregate(step.name)) return step.name;
  const said =
    step?.kind === 'word'
      ? `there is no aggregate \`${step.name.slice(0, 40)}\``
      : '`.aggregate` stands alone';
  throw new ReferenceSyntaxError(
    said,
    `Write \`.aggregate.\` and one of ${AGGREGATES.join(', ')}; a field called aggregate is written \`["aggregate"]\`.`,
  );
}

const WORD = /^[\p{L}\p{N}\p{M}_-]+$/u;

/** A reference as text that the grammar reads back as the same reference. */
export function formatReference(root: string, segments: readonly Segment[]): string {
  const first = WORD.test(root) ? root : bracketed(root);
  return `\${${first}${segments.map(formatSegment).join('')}}`;
}

function formatSegment(segment: Segment): string {
  switch (segment.kind) {
    case 'field':
      return WORD.test(segment.name) && segment.name !== 'aggregate'
        ? `.${segment.name}`
        : bracketed(segment.name);
    case 'index':
      return `[${segment.index}]`;
    case 'each':
      return '[*]';
    case 'aggregate':
      return `.aggregate.${segment.by}`;
  }
}

function bracketed(name: string): string {
  return `["${name.replace(/["\\]/g, '\\$&')}"]`;
}
