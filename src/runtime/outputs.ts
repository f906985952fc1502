import { type Failure, ForkchartError } from '../ir/errors.js';
import type { JsonValue } from '../ir/json.js';
import { fillTemplate } from '../ir/template/template.js';
import type { ScopeContext } from '../machines/context.js';
import { dataScope } from '../machines/data.js';
import { nth } from '../machines/pages.js';
import { stateFor } from '../machines/state.js';
import type { Topology } from '../machines/topology.js';
import { refuseOneTimeItems } from './only-items.js';

/** A workflow's outputs, and the failure of the first whose source is not there. */
export interface FilledOutputs {
  readonly outputs: { readonly [name: string]: JsonValue };
  readonly failure: Failure | null;
}

/** Where no outputs are declared, they are what the nodes put out that nothing follows, by node id. */
export function fillOutputs(topology: Topology, context: ScopeContext): FilledOutputs {
  const names = new Map(
    topology.workflow.state.length === 0 ? [] : [['state', stateFor(topology, context, null)]],
  );
  const scope = dataScope(topology, context.inputs, (node) => nth(context.outcomes, node) ?? null, names);
  const outputs = Object.create(null) as { [name: string]: JsonValue };
  let failure: Failure | null = null;
  if (topology.workflow.outputs.length === 0) {
    for (const { node, index, outgoing } of topology.nodes) {
      const outcome = nth(context.outcomes, index);
      if (outgoing.every(({ edge }) => edge.closes !== null) && outcome?.status === 'succeeded') {
        outputs[node.id] = outcome.output;
      }
    }
  }
  const isLost = (id: string): boolean => {
    const outcome = nth(context.outcomes, topology.nodeIndex.get(id) ?? -1) ?? null;
    return (
      outcome?.status === 'cancelled' ||
      (outcome !== null && outcome.failure !== null && outcome.action === null)
    );
  };
  for (const output of topology.workflow.outputs) {
    if (output.source.references.some(({ root }) => isLost(root))) continue;
    try {
      const value = fillTemplate(output.source, scope);
      refuseOneTimeItems(value, output.name, output.pointer);
      outputs[output.name] = value;
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
