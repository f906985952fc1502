import { nearest } from '../ir/diagnostics/suggest.js';
import { quote } from '../ir/diagnostics/wording.js';
import { ForkchartError } from '../ir/errors.js';
import type { Workflow } from '../ir/workflow.js';

/** The workflows that others may run by their names: each is checked when it is first run. */
export class WorkflowLibrary {
  readonly #sources: ReadonlyMap<string, unknown>;
  readonly #load: (source: unknown) => Workflow;
  readonly #loaded = new Map<string, Workflow>();

  constructor(sources: { readonly [name: string]: unknown }, load: (source: unknown) => Workflow) {
    this.#sources = new Map(Object.entries(sources));
    this.#load = load;
  }

  get names(): Iterable<string> {
    return this.#sources.keys();
  }

  /** @throws ForkchartError FC2012 where there is none of that name; InvalidWorkflowError for one that cannot be run */
  get(name: string): Workflow {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    if (!this.#sources.has(name)) {
      const meant = nearest(name, this.names);
      throw new ForkchartError('FC2012', `No workflow ${quote(name)} is registered.`, {
        hint: meant === null ? 'Pass it to `createRunner` in `workflows`.' : `Did you mean ${quote(meant)}?`,
        terminal: true,
      });
    }
    const workflow = this.#load(this.#sources.get(name));
    this.#loaded.set(name, workflow);
    return workflow;
  }
}
