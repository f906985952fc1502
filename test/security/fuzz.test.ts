import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/actors/registry.js';
import { planWorkflow } from '../../src/analysis/plan.js';
import { checkWorkflow } from '../../src/ir/check.js';
import { CODES } from '../../src/ir/diagnostics/codes.js';
import { compileWorkflow } from '../../src/machines/compile.js';
import { anyJson, brokenText, changedDocument } from '../helpers/arbitrary/document.js';
import { settings } from '../helpers/arbitrary/settings.js';

const { nodeTypes } = createRegistry();

/** Checks anything; what is found good must compile as well. */
function expectAnswer(source: unknown): void {
  const { ok, workflow, diagnostics } = checkWorkflow(source, { nodeTypes });
  for (const { code, path, message, hint } of diagnostics) {
    if (!Object.hasOwn(CODES, code)) throw new Error(`unknown code ${code}`);
    if (path !== '' && !path.startsWith('/')) throw new Error(`${code}: not a pointer: ${path}`);
    if (message.length < 6 || hint.length < 6) throw new Error(`${code}: says nothing: ${message} ${hint}`);
  }
  expect(ok).toBe(workflow !== null);
  expect(ok).toBe(!diagnostics.some(({ severity }) => severity === 'error'));
  if (workflow === null) return;
  compileWorkflow(workflow);
  planWorkflow(workflow);
}

const globals = () =>
  [Object.prototype, Array.prototype, Function.prototype].map((one) => Reflect.ownKeys(one).length);

describe('100,000 inputs that nobody meant', () => {
  it.each([
    ['random JSON', anyJson, 25_000],
    ['random JSON as text', anyJson.map((value) => JSON.stringify(value)), 5_000],
    ['valid documents, changed', changedDocument, 50_000],
    ['valid texts, cut off or with a character put in', brokenText, 20_000],
  ] as const)(
    '%s: each gets an answer with codes, paths and hints, and changes no global (P13)',
    (_, inputs, runs) => {
      const before = globals();
      fc.assert(fc.property(inputs as fc.Arbitrary<unknown>, expectAnswer), settings(runs));
      expect(globals()).toEqual(before);
    },
    300_000,
  );
});
