import { ForkchartError } from '../ir/errors.js';
import type { NodeTypeInfo } from '../ir/node-type-info.js';
import { echo } from './echo.js';
import { fail } from './fail.js';
import { type FunctionTable, functionNode, type NodeFunction } from './function.js';
import { listFiles } from './list-files.js';
import { merge } from './merge.js';
import type { NodeDefinition } from './node.js';
import { readFile } from './read-file.js';
import { createRoot } from './root.js';
import { sleep } from './sleep.js';
import { writeFile } from './write-file.js';

export type { NodeFunction };

export interface RegistryOptions {
  readonly nodes?: readonly NodeDefinition[];
  /** What `function` nodes, and `merge` with a custom strategy, may call, by name. */
  readonly functions?: { readonly [name: string]: NodeFunction };
  /** The directory that file nodes may read and write under. Default: none, and file nodes fail. */
  readonly root?: string;
}

/** The node types of a runner, by name. */
export interface NodeRegistry {
  readonly definitions: readonly NodeDefinition[];
  /** What checking a workflow needs to know of them. */
  readonly nodeTypes: ReadonlyMap<string, NodeTypeInfo>;
  get(type: string): NodeDefinition | undefined;
}

/**
 * Puts the built-in node types and a user's own together.
 *
 * @throws ForkchartError FC9002 when two node types have the same name
 */
export function createRegistry(options: RegistryOptions = {}): NodeRegistry {
  const functions: FunctionTable = new Map(Object.entries(options.functions ?? {}));
  const root = createRoot(options.root ?? null);
  const builtIn = [
    echo,
    sleep,
    fail,
    merge(functions),
    readFile(root),
    writeFile(root),
    listFiles(root),
    functionNode(functions),
  ];
  const byType = new Map<string, NodeDefinition>();
  for (const definition of [...builtIn, ...(options.nodes ?? [])]) {
    if (byType.has(definition.type)) {
      const isBuiltIn = builtIn.some(({ type }) => type === definition.type);
      throw new ForkchartError('FC9002', `There are two node types \`${definition.type}\`.`, {
        hint: isBuiltIn
          ? 'That is a built-in type: give yours another name.'
          : 'Register each node type once.',
      });
    }
    byType.set(definition.type, definition);
  }
  return { definitions: [...byType.values()], nodeTypes: byType, get: (type) => byType.get(type) };
}
