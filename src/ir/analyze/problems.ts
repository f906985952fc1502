import type { Diagnostic, JsonPatchOperation } from '../diagnostics/diagnostic.js';
import type { DiagnosticLog } from '../diagnostics/diagnostic-log.js';
import { nearest } from '../diagnostics/suggest.js';
import type { SourceWorkflow } from '../schema/source-workflow.js';

/** A diagnostic whose pointers are into the core form. */
export interface Problem extends Omit<Diagnostic, 'path' | 'position'> {
  /** JSON pointer into the core form. */
  readonly at: string;
  /** Pointer into the author's document, where that is known more precisely than by `at`. */
  readonly path?: string;
}

/** Where the passes put what they find, in terms of the core form; its author sees it in terms of their own document. */
export interface Problems {
  add(problem: Problem): void;
  /** `add`, for what a sound workflow may have by the thousand: it is put into words only where it will be shown. */
  addInfo(describe: () => Problem & { readonly severity: 'info' }): void;
  /** For what is found by pointers of the author's document already. The fix is left out where none can be applied. */
  addInSource(diagnostic: Diagnostic): void;
  /**
   * The candidate that a misspelt name most likely stands for. Gives up after so many names that the answer is full anyway.
   *
   * @param except a candidate that cannot be meant.
   */
  nearest(name: string, candidates: readonly string[], except?: string): string | undefined;
}

/**
 * @param suggestions how many names are looked up at most: comparing every one of many wrong names with every right one
 *   would take longer than all the rest.
 */
export function createProblems(source: SourceWorkflow, log: DiagnosticLog, suggestions: number): Problems {
  const translate = (op: JsonPatchOperation): JsonPatchOperation => {
    const path = source.pointerOf(op.path);
    return 'from' in op ? { ...op, path, from: source.pointerOf(op.from) } : { ...op, path };
  };
  const add = ({ at, fix, ...problem }: Problem): void => {
    const path = problem.path ?? source.pointerOf(at);
    if (fix === undefined || !source.patchable) log.add({ ...problem, path });
    else log.add({ ...problem, path, fix: fix.map(translate) });
  };
  let left = suggestions;
  return {
    add,
    addInfo: (describe) => {
      if (log.isFull('info')) log.skip(1, 'info');
      else add(describe());
    },
    addInSource: ({ fix, ...diagnostic }) => {
      log.add(fix === undefined || !source.patchable ? diagnostic : { ...diagnostic, fix });
    },
    nearest: (name, candidates, except) => {
      if (left <= 0) return undefined;
      left--;
      const allowed = except === undefined ? candidates : candidates.filter((other) => other !== except);
      return nearest(name, allowed) ?? undefined;
    },
  };
}
