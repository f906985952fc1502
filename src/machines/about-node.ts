/** The part of an event that says which node it is about. */
export interface AboutNode {
  readonly node: string;
  /** Its hierarchical name, as in `report.fetch.branch_1.iteration_0`; of an item of a batch, with the item. */
  readonly name: string;
  /** For a node in a loop: which iteration of the innermost one, from 1. */
  readonly iteration?: number;
}
