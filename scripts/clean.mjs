import { rmSync } from 'node:fs';

// What a file that has since been renamed or deleted left behind must not be packed.
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
