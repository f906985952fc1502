import { pointerTo } from '../diagnostics/pointer.js';
import { quote } from '../diagnostics/wording.js';
import type { CoreIr } from '../schema/core.js';
import { describeType, isOfType, withArticle } from '../value-type.js';
import type { Problems } from './problems.js';
import type { ParsedTexts } from './references.js';

/** FC1004 for a default that is not of its input's own type; FC3005 (a warning) for an output whose source names nothing. */
export function checkInterface(core: CoreIr, { outputs }: ParsedTexts, problems: Problems): void {
  for (const [name, { type, default: value }] of Object.entries(core.inputs)) {
    // A default of null is how an optional input says that it has none.
    if (value === undefined || value === null || isOfType(value, type)) continue;
    problems.add({
      code: 'FC1004',
      severity: 'error',
      at: pointerTo(['inputs', name, 'default']),
      message: `The default of input ${quote(name)} should be ${withArticle(type)}, and is ${describeType(value)}.`,
      hint: 'Give the default that type, or the input another `type`.',
    });
  }
  for (const { name, source } of outputs) {
    if (source.references.length > 0) continue;
    problems.add({
      code: 'FC3005',
      severity: 'warning',
      at: pointerTo(['outputs', name, 'source']),
      message: `The source of output ${quote(name)} names no node: it is the text ${JSON.stringify(source.source)}.`,
      hint: 'Name what it should be as `${node.field}`.',
    });
  }
}
