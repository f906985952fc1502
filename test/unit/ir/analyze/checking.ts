import jsonPatch, { type Operation } from 'fast-json-patch';
import { expect } from 'vitest';
import { z } from 'zod';
import { type CheckOptions, type CheckResult, checkWorkflow } from '../../../../src/ir/check.js';
import type { DiagnosticCode } from '../../../../src/ir/diagnostics/codes.js';
import type { Diagnostic } from '../../../../src/ir/diagnostics/diagnostic.js';
import type { NodeTypeInfo } from '../../../../src/ir/node-type-info.js';
import type { Workflow } from '../../../../src/ir/workflow.js';

/** A few node types, to check against. */
export const TYPES: ReadonlyMap<string, NodeTypeInfo> = new Map(
  Object.entries({
    echo: z.strictObject({ value: z.json().optional() }),
    sleep: z.strictObject({ ms: z.number().min(0), value: z.json().optional() }),
    wait: z.strictObject({
      event: z.string(),
      schema: z.record(z.string(), z.json()).optional(),
      timeout_ms: z.number().positive().optional(),
    }),
    pick: z.strictObject({ from: z.array(z.strictObject({ key: z.string() })), mode: z.enum(['a', 'b']) }),
  }).map(([type, params]) => [type, { type, params, effects: type === 'sleep' ? 'effect' : 'pure' }]),
);

/** Nodes that echo nothing, by their ids. */
export function echoes(...ids: string[]): { id: string; type: string }[] {
  return ids.map((id) => ({ id, type: 'echo' }));
}

/** Edges as `a -> b`, or `a -retry-> b`, with a number after `*` for `max_iterations`: `b -> a *3`. */
export function edges(...lines: string[]): Record<string, unknown>[] {
  return lines.map((line) => {
    const match = /^(\S+) -(?:(\S+)-)?> (\S+)(?: \*(\d+))?$/.exec(line);
    if (match === null) throw new Error(`Not an edge: ${line}`);
    const [, from, action, to, iterations] = match;
    return {
      from,
      to,
      ...(action === undefined ? {} : { action }),
      ...(iterations === undefined ? {} : { max_iterations: Number(iterations) }),
    };
  });
}

export function check(ir: unknown, options: CheckOptions = { nodeTypes: TYPES }): CheckResult {
  return checkWorkflow(ir, options);
}

export function codesOf({ diagnostics }: CheckResult): string[] {
  return diagnostics.map(({ code, severity }) => `${code} ${severity}`);
}

/** The one diagnostic with a code. */
export function only({ diagnostics }: CheckResult, code: DiagnosticCode): Diagnostic {
  const found = diagnostics.filter((diagnostic) => diagnostic.code === code);
  expect(found.map(({ message }) => message)).toHaveLength(1);
  return found[0] as Diagnostic;
}

/** The workflow of a document without errors. */
export function valid(ir: unknown, options?: CheckOptions): Workflow {
  const { workflow, diagnostics } = check(ir, options);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (workflow === null) throw new Error('There is no workflow.');
  return workflow;
}

/** A document after one fix. */
export function applyFix(ir: unknown, diagnostic: Diagnostic): unknown {
  if (diagnostic.fix === undefined) throw new Error(`${diagnostic.code} has no fix: ${diagnostic.message}`);
  // The library changes the arrays that it is given; and it has to accept the patch as one.
  return jsonPatch.applyPatch(
    structuredClone(ir),
    structuredClone(diagnostic.fix) as Operation[],
    true,
    false,
  ).newDocument;
}

/**
 * Expects a document to have one problem of a code, which its fix takes away, and the fixed document to have none of that code.
 *
 * @returns the diagnostic, and what the fixed document is checked to be.
 */
export function expectRepair(ir: unknown, code: DiagnosticCode): { before: Diagnostic; after: CheckResult } {
  const before = only(check(ir), code);
  const after = check(applyFix(ir, before));
  expect(after.diagnostics.filter((diagnostic) => diagnostic.code === code)).toEqual([]);
  return { before, after };
}
