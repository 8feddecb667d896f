/** What people ask about a cluster, answered from what the API server holds by the decisions of the operator. Pure. */
export { ageText, durationText } from './age.ts';
export { explainNode, type NodeExplanation, type PodObstacle } from './explain-node.ts';
export { explainOs, type NodeCounts, type OsExplanation, type WaitingGroup } from './explain-os.ts';
export {
  nodeCases,
  nodeState,
  type NodeCase,
  type NodePhase,
  type NodeState,
} from './node-state.ts';
export type { NodeTimes, ObservedCluster } from './observed.ts';
export { retryFor, type RetryAnswer } from './retry.ts';
export { rollbackOf, type RollbackAnswer } from './rollback.ts';
export {
  assumedStepSeconds,
  forecastRollout,
  type BlockedNode,
  type ForecastNode,
  type RolloutForecast,
  type StepSeconds,
} from './forecast.ts';
export { groupDiffs, isAsWanted, nodeDiffs, type Difference, type NodeDiff } from './node-diff.ts';
export type { SettingChange } from './settings-changes.ts';
export { historyLines, type EventRecord, type HistoryLine, type HistoryScope } from './history.ts';
