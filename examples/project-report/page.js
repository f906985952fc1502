import { html, trusted } from './markup.js';
import { table } from './parts.js';
import { criticalChain, formatMilliseconds, swimLanes } from './swim-lanes.js';

// The colours are from Okabe and Ito's palette, which every kind of colour vision can tell apart. Nothing is loaded from
// elsewhere, and the policy in the head makes sure of it: no script runs, whatever a file or an author is called.
const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --card: #f6f7f9; --text: #1b1f24; --soft: #59636e; --line: #d8dde3;
  --code: #0072b2; --comment: #e69f00; --blank: #b4bcc6; --critical: #d55e00; --failed: #a3457f; --queued: #ccd3db; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --card: #181d24; --text: #e8ecf1; --soft: #9ba6b2; --line: #2c343e;
  --code: #56b4e9; --comment: #e69f00; --blank: #5b6673; --critical: #f0743a; --failed: #cc79a7; --queued: #3a444f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 2.5rem 1.25rem 5rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
.small, figcaption { color: var(--soft); font-size: .875rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles div { display: flex; flex-direction: column-reverse; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; padding: .7rem .9rem; }
.tiles dt { color: var(--soft); font-size: .8125rem; }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; }
svg text { fill: var(--text); font-size: 13px; }
svg .note { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg text.critical { font-weight: 700; }
svg .grid { stroke: var(--line); }
.code, .running { fill: var(--code); background: var(--code); }
.comment { fill: var(--comment); background: var(--comment); }
.blank { fill: var(--blank); background: var(--blank); }
.queued { fill: var(--queued); background: var(--queued); }
.failed { fill: var(--failed); background: var(--failed); }
.backoff { fill: none; stroke: var(--failed); stroke-dasharray: 3 2; border: 1px dashed var(--failed); }
rect.critical, .key.critical { fill: var(--critical); background: var(--critical); }
.key { display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin: 0 .35em 0 .9em; }
.key:first-child { margin-left: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .75rem .3rem 0; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 500; }
tbody th { font-weight: 400; }
`;

/**
 * The whole page: the sections that the workflow composed, and pictures of the runs that composed them.
 *
 * @param {{
 *   name: string, sections: string, cores: number, workflow: import('forkchart').Workflow,
 *   parallel: import('./swim-lanes.js').RecordedRun, sequential: import('./swim-lanes.js').RecordedRun,
 * }} report
 * @returns {string} HTML
 */
export function renderPage({ name, sections, cores, workflow, parallel, sequential }) {
  const [fast, slow] = [parallel.result.metrics, sequential.result.metrics];
  const span = Math.max(fast.wall_ms, slow.wall_ms);
  const critical = criticalChain(workflow, parallel.result);
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name}: project report</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<h1>${name}</h1>
${trusted(sections)}
<section id="run">
<h2>How this report was made</h2>
<p>By a workflow of ${workflow.nodes.length} nodes, on a machine with ${cores} ${cores === 1 ? 'core' : 'cores'}: as parallel as
its edges allow, and one node at a time, which took ${(slow.wall_ms / fast.wall_ms).toFixed(2)} times as long. Each way was
measured several times; this is the median.</p>
${table(
  ['', 'Run', 'Work', 'Work / run', 'Nodes at once', 'Critical path'],
  [metricsRow('In parallel', fast), metricsRow('One at a time', slow)],
)}
<p class="small">A node’s work includes its wait for a core or a thread that another one has, so work is more in parallel.</p>
<h3>In parallel</h3>
<figure>${trusted(swimLanes(workflow, parallel, { title: 'The parallel run, a lane for each node', span, critical }))}
<figcaption><i class="key running"></i>running <i class="key critical"></i>running, on the critical path (name in bold)
<i class="key queued"></i>waiting to start <i class="key failed"></i>failed attempt <i class="key backoff"></i>backoff</figcaption></figure>
<h3>One at a time, to the same scale</h3>
<figure>${trusted(swimLanes(workflow, sequential, { title: 'The sequential run, a lane for each node', span, critical: new Set() }))}</figure>
</section>
</body>
</html>`}\n`;
}

/**
 * @param {string} name
 * @param {import('forkchart').RunMetrics} metrics
 */
const metricsRow = (name, metrics) => [
  name,
  formatMilliseconds(metrics.wall_ms),
  formatMilliseconds(metrics.work_ms),
  metrics.speedup.toFixed(2),
  metrics.peak_concurrency,
  formatMilliseconds(metrics.critical_path_ms),
];
