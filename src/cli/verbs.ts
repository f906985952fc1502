import type { Verb } from './verb.js';
import { checkVerb } from './verbs/check.js';
import { graphVerb } from './verbs/graph.js';
import { planVerb } from './verbs/plan.js';
import { runVerb } from './verbs/run.js';
import { simulateVerb } from './verbs/simulate.js';

export const VERBS: readonly Verb[] = [checkVerb, planVerb, graphVerb, runVerb, simulateVerb];

/** Verbs that forkchart is to have, so that typing one is answered better than a slip would be. */
export const LATER_VERBS: readonly string[] = [
  'verify',
  'parallelize',
  'inspect',
  'runs',
  'show',
  'resume',
  'rerun',
  'generate',
  'mcp',
];
