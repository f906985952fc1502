// Writes the JSON Schema that the package ships. Runs on the built library, after `tsc`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workflowJsonSchema } from '../dist/ir/json-schema.js';

const target = fileURLToPath(new URL('../dist/schema/workflow.schema.json', import.meta.url));
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`);
