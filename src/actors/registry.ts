import { ForkchartError } from '../ir/errors.js';
import { DEFAULT_LIMITS } from '../ir/limits.js';
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
import { wait } from './wait.js';
import { workflow } from './workflow.js';
import { writeFile } from './write-file.js';

export type { NodeFunction };

export interface RegistryOptions {
  /** Node types besides the built-in ones. */
  readonly nodes?: readonly NodeDefinition[];
  /** What `function` nodes, and `merge` with a custom strategy, may call, by name. */
  readonly functions?: { readonly [name: string]: NodeFunction };
  /** The directory that file nodes may read and write under. Default: none, and file nodes fail. */
  readonly root?: string;
  /** Bytes that a node's result may have, a character counting two: `read-file` reads no larger file. Default: 64 MiB. */
  readonly resultBytes?: number;
}

/** The node types of a runner, by name. */
export interface NodeRegistry {
  /** The built-in ones first, then the others in the order in which they were given. */
  readonly definitions: readonly NodeDefinition[];
  /** What checking a workflow needs to know of them. */
  readonly nodeTypes: ReadonlyMap<string, NodeTypeInfo>;
  get(type: string): NodeDefinition | undefined;
}

/**
 * Puts the built-in node types and a user's own together. A built-in one is not replaced by another of the same name: what
 * `echo` or `merge` means in a workflow should not depend on who runs it.
 *
 * @throws ForkchartError FC9002 when two node types have the same name, or an option is of a wrong type
 */
export function createRegistry(options: RegistryOptions = {}): NodeRegistry {
  const { nodes = [], functions = {}, root = null, resultBytes = DEFAULT_LIMITS.resultBytes } = options;
  const table = functionTable(functions);
  if (root !== null && (typeof root !== 'string' || root === '')) {
    throw wrong(`\`root\` is ${JSON.stringify(root)}.`, 'Pass the path of a directory.');
  }
  const files = createRoot(root);
  const builtIn = [
    echo,
    sleep,
    fail,
    merge(table),
    readFile(files, resultBytes),
    writeFile(files),
    listFiles(files),
    functionNode(table),
    workflow,
    wait,
  ];
  const byType = new Map(builtIn.map((definition) => [definition.type, definition]));
  for (const definition of nodes) {
    const { type } = definition;
    if (byType.has(type)) {
      const isBuiltIn = builtIn.some((one) => one.type === type);
      throw wrong(
        `There are two node types \`${type}\`.`,
        isBuiltIn ? 'That is a built-in type: give yours another name.' : 'Register each node type once.',
      );
    }
    byType.set(type, definition);
  }
  return {
    definitions: [...byType.values()],
    nodeTypes: byType,
    get: (type) => byType.get(type),
  };
}

function functionTable(functions: { readonly [name: string]: NodeFunction }): FunctionTable {
  const table = new Map(Object.entries(functions));
  for (const [name, fn] of table) {
    if (typeof fn !== 'function') {
      throw wrong(
        `\`functions\` has a ${typeof fn} under \`${name}\`.`,
        'Pass functions, by the names that workflows call them by.',
      );
    }
  }
  return table;
}

function wrong(message: string, hint: string): ForkchartError {
  return new ForkchartError('FC9002', message, { hint });
}
