/** The shortest node there is, for hints. */
export const MINIMAL_NODE = '{ "id": "hello", "type": "echo", "params": { "value": "hi" } }';

/** The shortest workflow there is, for hints: what to write when nothing that was written is of use. */
export const MINIMAL_WORKFLOW = `{ "nodes": [${MINIMAL_NODE}] }`;
