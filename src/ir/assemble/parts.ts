import type { DraftEdge, SplitEdges } from '../analyze/draft-edge.js';
import type { DraftGroup } from '../analyze/groups.js';
import type { NodeTable } from '../analyze/node-table.js';
import type { ParsedTexts } from '../analyze/references.js';
import type { Structure } from '../analyze/structure.js';
import type { PlacedGroups } from '../graph/branches.js';
import type { Scopes } from '../graph/scopes.js';
import type { Workflow } from '../workflow.js';

/** What the passes have found out about a sound workflow. */
export interface Parts {
  readonly table: NodeTable;
  readonly texts: ParsedTexts;
  readonly edges: SplitEdges;
  readonly structure: Structure;
  readonly scopes: Scopes;
  readonly drafts: readonly DraftGroup[];
  readonly groups: PlacedGroups;
  /** By vertex: the workflow inside a node. */
  readonly inlines: readonly (Workflow | null)[];
  /** The edges over which results are passed on one by one. */
  readonly streams: ReadonlySet<DraftEdge>;
}
