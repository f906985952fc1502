import type { JsonPatchOperation } from '../diagnostics/diagnostic.js';
import { pointerTo } from '../diagnostics/pointer.js';
import { listOf, quote } from '../diagnostics/wording.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { CoreIr, CoreNode } from '../schema/core.js';
import type { Problem, Problems } from './problems.js';

type Resource = NonNullable<CoreIr['resources']>[string];

/**
 * FC4003: every resource that a node uses is declared, by the workflow or by whoever runs it, and there can be enough of it.
 *
 * @param registered names of the resources that the one who runs it has.
 */
export function checkResources(core: CoreIr, registered: ReadonlySet<string>, problems: Problems): void {
  const resources = new Map(Object.entries(core.resources ?? {}));
  const known = [...new Set([...resources.keys(), ...registered])];
  for (const [name, { concurrency, capacity, rate }] of resources) {
    if (concurrency !== undefined || capacity !== undefined || rate !== undefined) continue;
    problems.add({
      code: 'FC4003',
      severity: 'warning',
      at: pointerTo(['resources', name]),
      message: `The resource ${quote(name)} bounds nothing.`,
      hint: 'Add "concurrency", "capacity" or "rate".',
    });
  }
  core.nodes.forEach((node, v) => {
    const at = `/nodes/${v}/uses`;
    if (node.uses !== undefined && (node.type === 'wait' || node.type === 'workflow')) {
      problems.add({
        code: 'FC4002',
        severity: 'warning',
        at,
        message: `${quote(node.id)}: \`uses\` does nothing on a node of type ${quote(node.type)}, which takes no place.`,
        hint: 'Remove it, or write it on the nodes that do the work.',
        fix: [{ op: 'remove', path: at }],
      });
    }
    for (const [name, amount] of Object.entries(node.uses ?? {})) {
      const resource = resources.get(name);
      const problem =
        resource !== undefined
          ? amountProblem(node, at, name, amount, resource)
          : registered.has(name)
            ? null
            : undeclared(node, at, name, known, problems);
      if (problem !== null) problems.add(problem);
    }
  });
}

function undeclared(
  node: CoreNode,
  at: string,
  name: string,
  known: readonly string[],
  problems: Problems,
): Problem {
  const uses = node.uses ?? {};
  const nearest = problems.nearest(name, known);
  const near = nearest === undefined || Object.hasOwn(uses, nearest) ? undefined : nearest;
  const others = known.length === 0 ? '' : `Name one of ${listOf(known)}, or declare it: `;
  return {
    code: 'FC4003',
    severity: 'error',
    at,
    message: `${quote(node.id)} uses ${quote(name)}, which is no resource that is declared.`,
    hint:
      near !== undefined
        ? `Did you mean ${quote(near)}?`
        : `${others === '' ? 'Declare it: ' : others}"resources": { ${JSON.stringify(name)}: { "concurrency": 5 } }.`,
    ...(near === undefined ? {} : { fix: [rewritten(at, uses, name, [near, uses[name] ?? 1])] }),
  };
}

function amountProblem(
  { id, uses = {} }: CoreNode,
  at: string,
  name: string,
  amount: number,
  { capacity, rate }: Resource,
): Problem | null {
  const bounds = [
    ...(typeof capacity === 'number' ? [{ what: 'capacity', most: capacity }] : []),
    ...(rate === undefined ? [] : [{ what: 'rate.limit', most: rate.limit }]),
  ].sort((a, b) => a.most - b.most);
  const [least] = bounds;
  if (least !== undefined && amount > least.most) {
    return {
      code: 'FC4003',
      severity: 'error',
      at,
      message: `${quote(id)} uses ${amount} of ${quote(name)}, of which there are never more than ${least.most} (its \`${least.what}\`).`,
      hint: `Ask for ${least.most} at most.`,
      fix: [rewritten(at, uses, name, [name, least.most])],
    };
  }
  if (amount === 1 || capacity !== undefined || rate !== undefined) return null;
  return {
    code: 'FC4003',
    severity: 'warning',
    at,
    message: `${quote(id)} uses ${amount} of ${quote(name)}, which counts as one: \`concurrency\` bounds the nodes, not their amounts.`,
    hint: 'Write 1, or bound the resource with `capacity` or `rate`.',
    fix: [rewritten(at, uses, name, [name, 1])],
  };
}

/** `uses` with one entry put for another. As a whole, because it may have been written as a list. */
function rewritten(
  at: string,
  uses: JsonObject,
  old: string,
  entry: readonly [string, JsonValue],
): JsonPatchOperation {
  const value = Object.fromEntries(Object.entries(uses).map((other) => (other[0] === old ? entry : other)));
  return { op: 'replace', path: at, value };
}
