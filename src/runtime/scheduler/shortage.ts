import { quote } from '../../ir/diagnostics/wording.js';
import { type Failure, ForkchartError } from '../../ir/errors.js';
import { describeThrown } from '../thrown.js';
import type { Shortage } from './ticket.js';

/** FC5014, as a failure of the node that asks for so much. */
export function shortageFailure(
  { resource, amount, most, problem }: Shortage,
  { id, pointer }: { readonly id: string; readonly pointer: string },
): Failure {
  const asked = `${quote(id)} asks for ${amount} of ${quote(resource)}`;
  const at = { code: 'FC5014', node: id, path: pointer };
  if (most === null) {
    return {
      ...at,
      message: `${asked}, which neither a workflow nor the runner declares.`,
      hint: 'Declare it in `resources` of the workflow, or of the runner.',
    };
  }
  if (problem !== undefined) {
    return {
      ...at,
      message: `${asked}, and \`detectCapacity\` ${problem.says}.`,
      hint: 'Let `detectCapacity` give a number, 0 or more, or write the `capacity` as a number.',
      ...(problem.cause === undefined ? {} : { causes: describeThrown(problem.cause) }),
    };
  }
  // Bounds that are written are 1 or more.
  if (most === 0) {
    return {
      ...at,
      message: `${asked}, of which none was found.`,
      hint: 'Write its `capacity` as a number, or pass `detectCapacity` to the runner.',
    };
  }
  return {
    ...at,
    message: `${asked}, of which there can never be more than ${most}.`,
    hint: `Ask for at most ${most} in \`uses\`, or raise the bound in \`resources\`.`,
  };
}

/** The same to be thrown: whoever asks again is told the same again. */
export function shortageError(
  shortage: Shortage,
  node: Parameters<typeof shortageFailure>[1],
): ForkchartError {
  const { message, hint, path } = shortageFailure(shortage, node);
  return new ForkchartError('FC5014', message, {
    hint,
    path,
    cause: shortage.problem?.cause,
    terminal: true,
  });
}
