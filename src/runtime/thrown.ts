import { type Failure, type FailureCause, ForkchartError } from '../ir/errors.js';

const MOST_CAUSES = 5;
const LONGEST = 2000;

/** What was thrown, or an error in place of what not even its type can be asked of, such as a proxy that was revoked. */
export function readable(raised: unknown): unknown {
  try {
    void (raised instanceof Error);
    return raised;
  } catch {
    return new Error('something that cannot be shown');
  }
}

/** Whatever was thrown as data, with what caused it; never throws itself. */
export function describeThrown(thrown: unknown): readonly FailureCause[] {
  const causes: FailureCause[] = [];
  for (let at = thrown; at !== undefined && at !== null && causes.length < MOST_CAUSES; at = causeOf(at)) {
    causes.push(describe(at));
  }
  return causes.length > 0 ? causes : [{ name: 'Error', message: String(thrown) }];
}

/**
 * Whatever a node function threw, as a failure: forkchart's own errors say what they are, anything else is FC5008.
 *
 * @param hint what to do about an error that is not forkchart's own
 */
export function failureOf(
  thrown: unknown,
  at: Pick<Failure, 'node' | 'path' | 'name'>,
  hint: string,
): Failure {
  if (thrown instanceof ForkchartError) {
    const { code, message, path } = thrown;
    // Of a sub-workflow that failed, what has failed in it; of a capacity, what was to find it out; of all others the code says all.
    const causes =
      (code === 'FC5017' || code === 'FC5014') && thrown.cause !== undefined
        ? { causes: describeThrown(thrown.cause) }
        : {};
    return { code, message, ...at, path: path ?? at.path, hint: thrown.hint, ...causes };
  }
  const causes = describeThrown(thrown);
  return { code: 'FC5008', message: causes[0]?.message ?? '', ...at, hint, causes };
}

function describe(thrown: unknown): FailureCause {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: textOf(thrown) };
  const { name, message, code } = read(thrown);
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message.slice(0, LONGEST) : textOf(thrown),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
  };
}

function textOf(thrown: unknown): string {
  try {
    return (typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown)).slice(0, LONGEST);
  } catch {
    return 'something that cannot be shown';
  }
}

const causeOf = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null ? read(thrown).cause : undefined;

/** The usual properties of an error; a getter that throws counts as none. */
function read(thrown: object): { name?: unknown; message?: unknown; code?: unknown; cause?: unknown } {
  try {
    const { name, message, code, cause } = thrown as Record<'name' | 'message' | 'code' | 'cause', unknown>;
    return { name, message, code, cause };
  } catch {
    return {};
  }
}
