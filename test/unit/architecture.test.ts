import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  /** The folder of `src` that it is in; `null` for `src/index.ts`. */
  readonly room: string | null;
  readonly imports: readonly Import[];
  /** Its text without comments. */
  readonly code: string;
}

interface Import {
  /** A file of ours as a path like {@link SourceFile.path}, anything else as it is written. */
  readonly target: string;
  readonly typesOnly: boolean;
}

const COMMENTS = /^\s*\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
/** `import … from 'x'`, `export … from 'x'` and `import 'x'`; then `import('x')`, or `import(` of what is not a literal. */
const STATIC = /^(?:import|export)\s+(?<type>type\s)?(?:[^'"();]*?\sfrom\s+)?'(?<target>[^']+)';/gm;
const DYNAMIC = /\bimport\(\s*(?:'(?<target>[^']+)')?/g;

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => sourceFile(join(ROOT, 'src', name)));

function sourceFile(file: string): SourceFile {
  const path = shown(file);
  const code = readFileSync(file, 'utf8').replaceAll(COMMENTS, '');
  const imports = [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map(({ groups = {} }): Import => {
    // What is computed could lead anywhere.
    const { target = '<computed>', type } = groups;
    const ours = target.startsWith('.') ? shown(join(dirname(file), target.replace(/\.js$/, '.ts'))) : target;
    return { target: ours, typesOnly: type !== undefined };
  });
  const [, room = '', ...rest] = path.split('/');
  return { path, room: rest.length === 0 ? null : room, imports, code };
}

function shown(file: string): string {
  return relative(ROOT, file).split(sep).join('/');
}

/** What docs/architecture.md says of each room: whose files it may import, and whether it runs in a browser. */
function rooms(): ReadonlyMap<
  string,
  { readonly imports: ReadonlySet<string>; readonly inBrowser: boolean }
> {
  const rows = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').matchAll(
    /^\| `src\/(?<room>\w+)` \|.*\| (?<imports>[^|]+) \|$/gm,
  );
  const found = new Map<string, { imports: ReadonlySet<string>; inBrowser: boolean }>();
  for (const { groups: { room = '', imports = '' } = {} } of rows) {
    const named = imports.startsWith('all above')
      ? [...found.keys()]
      : Array.from(imports.matchAll(/`(\w+)`/g), ([, name = '']) => name);
    found.set(room, { imports: new Set(named), inBrowser: imports.includes('runs in a browser') });
  }
  return found;
}

describe('the import graph of src', () => {
  const documented = rooms();

  it('has the rooms of docs/architecture.md', () => {
    const real = new Set(files.flatMap(({ room }) => room ?? []));
    expect([...documented.keys()].sort()).toEqual([...real].sort());
  });

  it('leads in the directions of docs/architecture.md only', () => {
    const wrong = files.flatMap(({ path, room, imports }) =>
      imports.flatMap(({ target }) => {
        if (room === null || !target.startsWith('src/')) return [];
        const [, to = '', ...rest] = target.split('/');
        const allowed = rest.length > 0 && (to === room || documented.get(room)?.imports.has(to));
        return allowed ? [] : [`${path} imports ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('leads from what runs in a browser to nothing of Node.js, and to XState from machines and runtime only', () => {
    const wrong = files.flatMap(({ path, room, imports }) =>
      imports.flatMap(({ target }) => {
        const inBrowser = documented.get(room ?? '')?.inBrowser === true;
        const refused =
          (inBrowser && (target.startsWith('node:') || target === '<computed>')) ||
          (target.startsWith('xstate') && room !== 'machines' && room !== 'runtime');
        return refused ? [`${path} imports ${target}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycle of modules that are loaded', () => {
    const left = new Map(
      files.map(({ path, imports }) => [
        path,
        new Set(
          imports
            .filter((one) => !one.typesOnly && one.target.startsWith('src/'))
            .map(({ target }) => target),
        ),
      ]),
    );
    // Takes away what imports nothing that is left, until nothing changes: what stays is in a cycle, or leads to one.
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const [path, targets] of left) {
        if ([...targets].every((target) => !left.has(target))) left.delete(path);
      }
    }
    expect([...left.keys()]).toEqual([]);
  });
});

describe('ir and machines', () => {
  const pure = files.filter(({ room }) => room === 'ir' || room === 'machines');

  it('are there, and so are their imports', () => {
    expect(pure.length).toBeGreaterThan(50);
    expect(pure.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
  });

  it.each([
    'Date.now',
    'new Date',
    'performance.',
    'Math.random',
    'crypto.',
    'setTimeout(',
    'setInterval(',
    'setImmediate(',
    'queueMicrotask(',
    'console.',
    'process.',
    'eval(',
    'Function(',
  ])('never say `%s`: time, chance and output are arguments there', (use) => {
    const spelt = new RegExp(String.raw`\b${use.replaceAll(/[.(]/g, String.raw`\$&`)}`);
    expect(pure.filter(({ code }) => spelt.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

/** `a.b = () => …`, `a[b] ??= async (c) => …`, `a.#b = function`. */
const FUNCTION_INTO_PROPERTY =
  /(?<!: )\b\w+(?:\.#?\w+|\[\w+\])+ (?:\?\?)?= (?:async )?(?:function\b|(?:\([^()]*\)|\w+)(?:: [\w<>]+)? =>)/;

describe('machines and runtime', () => {
  it('assign no function to a property where it is written, as V8 keeps such a one until the next full collection', () => {
    const wrong = files.flatMap(({ path, room, code }) =>
      room !== 'machines' && room !== 'runtime'
        ? []
        : code
            .split('\n')
            .flatMap((line) => (FUNCTION_INTO_PROPERTY.test(line) ? [`${path}: ${line.trim()}`] : [])),
    );
    expect(wrong).toEqual([]);
  });
});
