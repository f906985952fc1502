import { type Failure, ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { fillTemplate } from '../ir/template/template.js';
import type { ScopeContext } from '../machines/context.js';
import { dataScope } from '../machines/data.js';
import type { Topology } from '../machines/topology.js';

/** A workflow's outputs, and the failure of the first whose source is not there. */
export interface FilledOutputs {
  readonly outputs: { readonly [name: string]: JsonValue };
  readonly failure: Failure | null;
}

export function fillOutputs(topology: Topology, context: ScopeContext): FilledOutputs {
  const scope = dataScope(topology, context.inputs, (node) => context.outcomes[node] ?? null);
  const outputs = Object.create(null) as { [name: string]: JsonValue };
  let failure: Failure | null = null;
  for (const output of topology.workflow.outputs) {
    try {
      outputs[output.name] = fillTemplate(output.source, scope);
    } catch (error) {
      if (!(error instanceof ForkchartError)) throw error;
      failure ??= {
        code: error.code,
        message: `Output \`${output.name}\`: ${error.message}`,
        node: null,
        path: output.pointer,
        hint: error.hint,
      };
    }
  }
  return { outputs, failure };
}
