/**
 * Every node type of `workflow.json` that is not built in. The command line loads the same list:
 *
 *     npx forkchart run examples/project-report/workflow.json --nodes examples/project-report/nodes.js --input directory=.
 */
import { composeReport } from './nodes/compose-report.js';
import { countLines } from './nodes/count-lines.js';
import { drawActivity } from './nodes/draw-activity.js';
import { drawLanguages } from './nodes/draw-languages.js';
import { drawLicences } from './nodes/draw-licences.js';
import { listSources } from './nodes/list-sources.js';
import { readDependencies } from './nodes/read-dependencies.js';
import { readHistory } from './nodes/read-history.js';
import { totalLines } from './nodes/total-lines.js';

export const nodes = [
  listSources,
  countLines,
  totalLines,
  readDependencies,
  readHistory,
  drawLanguages,
  drawActivity,
  drawLicences,
  composeReport,
];
