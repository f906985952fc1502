import { Console } from 'node:console';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeDefinition } from '../actors/node.js';
import type { NodeFunction } from '../actors/registry.js';
import { isNodeDefinition } from '../runtime/check-options.js';
import type { Session } from './session.js';
import { UsageError } from './usage-error.js';

const EXPORTS = ['nodes', 'functions', 'workflows'] as const;

/** What the modules of `--nodes` bring. */
export interface LoadedNodes {
  readonly nodes: readonly NodeDefinition[];
  readonly functions: Readonly<Record<string, NodeFunction>>;
  /** Sources of the workflows that a `ref` may name. */
  readonly workflows: Readonly<Record<string, unknown>>;
}

/**
 * Loads the modules of `--nodes`: `nodes` is an array of node definitions, `functions` an object of functions by name,
 * `workflows` one of workflows by name: JSON texts, or the values that they hold.
 *
 * @throws UsageError where a module cannot be loaded or exports something else.
 */
export async function loadNodeModules(session: Session): Promise<LoadedNodes> {
  const files = session.args.all('nodes');
  const nodes: NodeDefinition[] = [];
  const functions = new Map<string, NodeFunction>();
  const workflows = new Map<string, unknown>();
  // Stdout is for data: what such a module logs must not get between.
  if (files.length > 0) globalThis.console = new Console(session.io.stderr, session.io.stderr);
  for (const file of files) {
    const exported = await importModule(file, session.io.cwd);
    const found = {
      nodes: exported.nodes ?? [],
      functions: exported.functions ?? {},
      workflows: exported.workflows ?? {},
    };
    if (EXPORTS.every((name) => exported[name] === undefined)) {
      throw wrongExport(file, 'it exports none of `nodes`, `functions` and `workflows`');
    }
    if (!Array.isArray(found.nodes)) throw wrongExport(file, '`nodes` is not an array');
    found.nodes.forEach((node: unknown, index) => {
      if (!isNodeDefinition(node)) throw wrongExport(file, `\`nodes[${index}]\` is not a node definition`);
      nodes.push(node);
    });
    if (typeof found.functions !== 'object' || found.functions === null)
      throw wrongExport(file, '`functions` is not an object');
    for (const [name, fn] of Object.entries(found.functions)) {
      if (typeof fn !== 'function') throw wrongExport(file, `\`functions.${name}\` is not a function`);
      functions.set(name, fn as NodeFunction);
    }
    if (typeof found.workflows !== 'object' || found.workflows === null || Array.isArray(found.workflows))
      throw wrongExport(file, '`workflows` is not an object');
    for (const [name, source] of Object.entries(found.workflows)) workflows.set(name, source);
  }
  return { nodes, functions: Object.fromEntries(functions), workflows: Object.fromEntries(workflows) };
}

async function importModule(file: string, cwd: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return await import(pathToFileURL(resolve(cwd, file)).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `The module ${JSON.stringify(file)} cannot be loaded: ${reason}`,
      'Check the path and that Node.js can import it.',
      error,
    );
  }
}

function wrongExport(file: string, what: string): UsageError {
  return new UsageError(
    `The module ${JSON.stringify(file)} cannot be used: ${what}.`,
    'Export `nodes`, an array of `{ type, description, params, effects, run }`, `functions`, an object of functions, or `workflows`, an object of workflows by name.',
  );
}
