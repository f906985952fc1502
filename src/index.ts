/**
 * The public surface of forkchart.
 *
 * @packageDocumentation
 */
export type { CallOptions, CallRecord, CallRetry, ToolCall } from './actors/call.js';
export type {
  Effects,
  FunctionNodeOptions,
  NodeContext,
  NodeDefinition,
  NodeWorkers,
  WorkerContext,
  WorkerFunction,
  WorkerNodeOptions,
} from './actors/node.js';
export { defineNode } from './actors/node.js';
export type { NodeFunction } from './actors/registry.js';
export { type Routed, route } from './actors/route.js';
export { drawChart } from './analysis/graph/chart.js';
export { drawMermaid } from './analysis/graph/mermaid.js';
export { type Plan, planWorkflow } from './analysis/plan.js';
export { type SimulateOptions, type Simulation, simulateWorkflow } from './analysis/simulate.js';
export { type CheckOptions, type CheckResult, checkWorkflow } from './ir/check.js';
export { CODES, type DiagnosticCode } from './ir/diagnostics/codes.js';
export type { Diagnostic, JsonPatchOperation, Severity } from './ir/diagnostics/diagnostic.js';
export {
  type Failure,
  type FailureCause,
  ForkchartError,
  InvalidWorkflowError,
  TerminalError,
} from './ir/errors.js';
export type { JsonObject, JsonValue } from './ir/json.js';
export { workflowJsonSchema } from './ir/json-schema.js';
export { DEFAULT_LIMITS, type Limits } from './ir/limits.js';
export type { NodeTypeInfo } from './ir/node-type-info.js';
export type { Workflow, WorkflowEdge, WorkflowGroup, WorkflowLoop, WorkflowNode } from './ir/workflow.js';
export { type CompiledWorkflow, compileWorkflow } from './machines/compile.js';
export type { AttemptResult } from './machines/outcome.js';
export { type Clock, systemClock } from './runtime/clock.js';
export type { RunEvent } from './runtime/event.js';
export type {
  NodeMetrics,
  NodeRecord,
  NodeStatus,
  ResourceMetrics,
  RunMetrics,
  RunResult,
  RunStatus,
  SkipReason,
} from './runtime/record.js';
export type { Run } from './runtime/run.js';
export { createRunner, type Runner } from './runtime/runner.js';
export type { RunnerOptions, StartOptions } from './runtime/runner-options.js';
export type { ResourceDefinition } from './runtime/scheduler/resource.js';
export { createMemoryStore, type MemoryStore } from './runtime/store/memory.js';
export type { RunStore, StoredRun } from './runtime/store/store.js';
export { createVirtualClock, type VirtualClock } from './runtime/virtual-clock.js';
