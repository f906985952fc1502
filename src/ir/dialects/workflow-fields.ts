import { coreFields } from '../schema/core.js';

const { nodes: _nodes, edges: _edges, start_node: _start, ...rest } = coreFields;

/** What every dialect may say about the workflow as a whole, in the words of the core form. */
export const workflowFields = rest;
