import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../../src/ir/diagnostics/codes.js';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import { canonicalJson } from '../../../../src/ir/hash.js';
import type { JsonObject, JsonValue } from '../../../../src/ir/json.js';
import { coreSchema } from '../../../../src/ir/schema/core.js';
import { parseText } from '../../../../src/ir/text.js';
import {
  anyJson,
  brokenText,
  change,
  changed,
  changedDocument,
  VALID_DOCUMENTS,
} from '../../../helpers/arbitrary/document.js';
import { readDocument } from './reading.js';

function expectGood(diagnostics: readonly Diagnostic[]): void {
  for (const { code, path, message, hint, fix } of diagnostics) {
    expect(Object.hasOwn(CODES, code)).toBe(true);
    expect(path === '' || path.startsWith('/')).toBe(true);
    expect(message.length).toBeGreaterThan(5);
    expect(hint.length).toBeGreaterThan(5);
    expect(`${message}${hint}`).not.toMatch(/undefined|\[object|Invalid input|expected string, received/);
    for (const operation of fix ?? []) expect(operation.path.startsWith('/')).toBe(true);
  }
}

/** Whether a pointer leads to something in a document; the last step may be missing, as a missing key's is. */
function leadsSomewhere(document: JsonValue, pointer: string): boolean {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: JsonValue | undefined = document;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return false;
    value = (value as JsonObject)[segment];
  }
  return true;
}

function expectWellRead(document: JsonValue): void {
  const { source, diagnostics } = readDocument(document);
  expectGood(diagnostics);
  for (const { path } of diagnostics) expect(leadsSomewhere(document, path), path).toBe(true);
  if (source === null) {
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    return;
  }
  // What comes out is the core form, whatever went in: read again it is the same, and there is nothing to say of it.
  expect(coreSchema.parse(source.core)).toEqual(source.core);
  expect(canonicalJson(source.core).length).toBeGreaterThan(0);
  source.core.nodes.forEach((_, i) => {
    expect(leadsSomewhere(document, source.pointerOf(`/nodes/${i}`))).toBe(true);
  });
  source.core.edges.forEach((_, i) => {
    expect(leadsSomewhere(document, source.pointerOf(`/edges/${i}`))).toBe(true);
  });
}

const globals = () =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype].map((prototype) =>
    Reflect.ownKeys(prototype).map(String).sort(),
  );

describe('reading any document (P13, P14)', () => {
  const before = globals();

  it.each(VALID_DOCUMENTS.map((document, i) => [i, document] as const))(
    'finds nothing wrong with valid document %i',
    (_, document) => {
      expect(readDocument(document).diagnostics).toEqual([]);
      expectWellRead(document);
    },
  );

  it('answers to random JSON', () => {
    fc.assert(fc.property(anyJson, expectWellRead), { seed: 11, numRuns: 1000 });
  });

  it('answers to valid documents that were changed in a few places', () => {
    fc.assert(fc.property(changedDocument, expectWellRead), { seed: 12, numRuns: 3000 });
  });

  it('answers to any JavaScript value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    const value = fc.oneof(
      anything,
      anything.map((nodes) => ({ nodes })),
      anything.map((node) => ({ nodes: [node] })),
    );
    fc.assert(
      fc.property(value, (any) => {
        expectGood(readDocument(any).diagnostics);
      }),
      { seed: 13, numRuns: 1000 },
    );
  });

  it('answers to texts that were cut off or had characters changed', () => {
    fc.assert(
      fc.property(brokenText, (cut) => {
        const parsed = parseText(cut);
        if (parsed.ok) expectWellRead(parsed.value);
        else {
          expect(parsed.diagnostics.length).toBeGreaterThan(0);
          expectGood(parsed.diagnostics);
        }
      }),
      { seed: 14, numRuns: 2000 },
    );
  });

  it('answers to real traces that were changed', () => {
    const trace = JSON.parse(
      readFileSync(
        new URL('../../../data/traces/helloworld-forkjoin-10-chameleon.json', import.meta.url),
        'utf8',
      ),
    ) as JsonValue;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        expectWellRead(changes.reduce(changed, trace));
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  it('changes no global', () => {
    expect(globals()).toEqual(before);
    expect(Object.keys({})).toEqual([]);
  });
});
