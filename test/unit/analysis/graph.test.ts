import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { drawChart } from '../../../src/analysis/graph/chart.js';
import { drawMermaid } from '../../../src/analysis/graph/mermaid.js';
import { createRunner } from '../../../src/runtime/runner.js';

const runner = createRunner();
const echo = (id: string, rest: object = {}) => ({ id, type: 'echo', ...rest });
const article = {
  id: 'article',
  inputs: { topic: { type: 'string', default: 'tea' } },
  nodes: [
    echo('collect'),
    echo('facts'),
    echo('pictures'),
    echo('draft', { params: { value: '${facts.output}' } }),
    echo('review'),
    echo('publish', { when: '${topic} != "<b>"' }),
  ],
  edges: [
    { from: 'collect', to: 'facts', parallel_group: 'research' },
    { from: 'collect', to: 'pictures', parallel_group: 'research' },
    { from: 'facts', to: 'draft' },
    { from: 'pictures', to: 'draft' },
    { from: 'draft', to: 'review' },
    { from: 'review', to: 'draft', action: 'revise', max_iterations: 3 },
    { from: 'review', to: 'publish', action: 'accept' },
  ],
};

describe('drawMermaid', () => {
  it('draws groups and loops as subgraphs, and says what takes an edge', async () => {
    await expect(drawMermaid(runner.load(article))).toMatchFileSnapshot('../../golden/article.mmd');
  });

  it.each([
    '"]; click n0 href "javascript:alert(1)',
    '<img src=x onerror=alert(1)>',
    'a"]\nend\nn1["b',
    '%%{init: {"securityLevel": "loose"}}%%',
    '`**bold**`',
    '1. list',
    '- list',
    'fa:fa-ban',
    '#quot;',
    '__proto__',
    'a|b',
    '\u001b[2J\u202e',
  ])('keeps a node called %j text', (id) => {
    const text = drawMermaid(runner.load({ nodes: [echo(id), echo('b', { depends_on: [id] })] }));
    const lines = text.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^ {2}n0\["[\p{L}\p{N} _,./()#;-]+ \(echo\)"\]$/u);
    expect(lines.slice(2)).toEqual(['  n1["b (echo)"]', '  n0 --> n1', '']);
    // Every `#` and `;` belongs to a numeric entity.
    expect(lines[1]?.replace(/#\d+;/g, '')).not.toMatch(/[#;]/);
    expect(lines[1]).not.toMatch(/\["(?:\d+\.|[-*+]) /);
  });

  it('tells the edge of a catch and that of a pipeline from any other', () => {
    const batch = (items: unknown) => ({ params: { value: '${item}' }, batch: { items } });
    const text = drawMermaid(
      runner.load({
        nodes: [
          echo('load', {
            catch: [
              { match: 'E_BUSY', goto: 'wait' },
              { match: '*', goto: 'give up' },
            ],
          }),
          echo('wait'),
          echo('give up'),
          echo('pages', { ...batch([1, 2]), stream: true }),
          echo('words', batch('${pages}')),
        ],
      }),
    );
    expect(text).toContain('n0 -->|"on E_BUSY"| n1\n');
    expect(text).toContain('n0 -->|"on any failure"| n2\n');
    expect(text).toContain('n3 -->|"item by item"| n4\n');
  });

  it('shows a name of blanks', () => {
    expect(drawMermaid(runner.load({ nodes: [echo(' ')] }))).toContain('n0["#34; #34; (echo)"]');
  });
});

describe('drawChart', () => {
  it('is JSON that createMachine accepts', () => {
    const chart = drawChart(runner.load(article));
    const json = JSON.parse(JSON.stringify(chart));
    expect(json).toEqual(chart);
    const machine = createMachine(json);
    const ids = JSON.stringify(machine.config);
    for (const { id } of article.nodes.filter(({ id }) => !['draft', 'review'].includes(id)))
      expect(ids).toContain(`"${id}"`);
  });

  it('holds the machine of each loop’s iteration', () => {
    const { meta } = JSON.parse(JSON.stringify(drawChart(runner.load(article))));
    const [iteration] = Object.values(meta.actors) as [{ states: unknown }];
    expect(JSON.stringify(iteration.states)).toContain('"review"');
    expect(() => createMachine(iteration as never)).not.toThrow();
  });

  it('is the same each time', () => {
    expect(drawChart(runner.load(article))).toEqual(drawChart(runner.load(article)));
  });
});
