/** The shortest workflow there is, for hints: what to write when nothing that was written is of use. */
export const MINIMAL_WORKFLOW =
  '{ "nodes": [{ "id": "hello", "type": "echo", "params": { "value": "hi" } }] }';
