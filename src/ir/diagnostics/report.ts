import type { Diagnostic } from './diagnostic.js';

/** Where a pass puts the problems that it finds. */
export type Report = (diagnostic: Diagnostic) => void;
