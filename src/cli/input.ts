import { nearest } from '../ir/diagnostics/suggest.js';
import { ForkchartError } from '../ir/errors.js';
import type { JsonObject, JsonValue } from '../ir/json.js';
import type { Workflow, WorkflowInput } from '../ir/workflow.js';
import type { Session } from './session.js';
import { readSource } from './source.js';
import { UsageError } from './usage-error.js';

/**
 * The workflow's inputs as the command line gives them: those of `--inputs FILE`, and over them those of `--input NAME=VALUE`,
 * each read as its declared type asks. Whether all that are needed are there is for the runner to say.
 *
 * @throws UsageError for an option that cannot be understood, ForkchartError (FC5001) for a value that does not fit.
 */
export async function readInputs(session: Session, workflow: Workflow): Promise<JsonObject> {
  const { args, io } = session;
  const inputs = new Map<string, JsonValue>();
  const file = args.get('inputs');
  if (file !== null) {
    if (file === '-' && args.positionals[0] === '-') {
      throw new UsageError(
        'The workflow and its inputs cannot both come from stdin.',
        'Put one of the two in a file.',
      );
    }
    const { name, text } = await readSource(file, io);
    for (const [key, value] of Object.entries(parseInputs(text, name))) inputs.set(key, value);
  }
  for (const assignment of args.all('input')) {
    const at = assignment.indexOf('=');
    if (at === -1) {
      throw new UsageError(`\`--input ${assignment}\` has no \`=\`.`, `Type \`--input NAME=VALUE\`.`);
    }
    const name = assignment.slice(0, at);
    inputs.set(name, parseValue(declared(workflow, name), assignment.slice(at + 1)));
  }
  // Own properties even for a name such as `__proto__`.
  return Object.fromEntries(inputs);
}

/** An event that is sent as the run starts. */
export interface SentEvent {
  readonly name: string;
  readonly payload: JsonValue;
}

/**
 * The events of `--send NAME=JSON`, in their order.
 *
 * @throws UsageError for one without a `=`, or whose payload is not JSON
 */
export function readEvents(given: readonly string[]): readonly SentEvent[] {
  return given.map((assignment) => {
    const at = assignment.indexOf('=');
    if (at === -1) throw new UsageError(`\`--send ${assignment}\` has no \`=\`.`, 'Type `--send NAME=JSON`.');
    const name = assignment.slice(0, at);
    const payload = tryJson(assignment.slice(at + 1));
    if (payload !== undefined) return { name, payload };
    throw new UsageError(
      `The payload of \`--send ${assignment}\` is not JSON.`,
      `Type, for instance, \`--send '${name}={"key": "value"}'\`, or \`--send ${name}=null\`.`,
    );
  });
}

function parseInputs(text: string, name: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ForkchartError(
      'FC5001',
      `The inputs in ${JSON.stringify(name)} are not JSON: ${(cause as Error).message}`,
      {
        hint: 'Write an object, such as `{"name": "value"}`.',
        cause,
      },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ForkchartError('FC5001', `The inputs in ${JSON.stringify(name)} are not an object.`, {
      hint: 'Write an object, such as `{"name": "value"}`.',
    });
  }
  return value as JsonObject;
}

function declared(workflow: Workflow, name: string): WorkflowInput {
  const input = workflow.inputs.find((candidate) => candidate.name === name);
  if (input) return input;
  const names = workflow.inputs.map((candidate) => candidate.name);
  const near = nearest(name, names);
  const known =
    names.length === 0 ? 'It takes none.' : `It takes ${names.map((known) => `\`${known}\``).join(', ')}.`;
  throw new ForkchartError('FC5001', `The workflow has no input ${JSON.stringify(name)}.`, {
    hint: near === null ? known : `Did you mean \`${near}\`? ${known}`,
  });
}

function parseValue(input: WorkflowInput, text: string): JsonValue {
  const refuse = (example: string): never => {
    throw new ForkchartError(
      'FC5001',
      `The input ${JSON.stringify(input.name)} is ${JSON.stringify(text)}, not of type ${input.type}.`,
      {
        hint: `Type, for instance, \`--input '${input.name}=${example}'\`.`,
      },
    );
  };
  switch (input.type) {
    case 'string':
      return text;
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : refuse('3');
    case 'number':
      return /^\s*$/.test(text) || !Number.isFinite(Number(text)) ? refuse('0.5') : Number(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : refuse('true');
    case 'object': {
      const value = tryJson(text);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? value
        : refuse('{"key": "value"}');
    }
    case 'array': {
      const value = tryJson(text);
      return Array.isArray(value) ? value : refuse('[1, 2]');
    }
    case 'any': {
      const value = tryJson(text);
      return value === undefined ? text : value;
    }
  }
}

/** `undefined` where the text is not JSON. */
function tryJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
