export { createRandom, type Random } from './engine/random.ts';
export { findMutation, mutations, type Mutation, type Search } from './faults/mutations.ts';
export { play, type PlayOptions, type PlayReport } from './faults/play.ts';
export type {
  FailingPart,
  OsManifest,
  RolloutDurations,
  RolloutFailure,
  RolloutNode,
  RolloutOptions,
  Seconds,
} from './rollout/options.ts';
export type {
  NodeTimeline,
  RolloutOutcome,
  RolloutReport,
  RolloutStep,
  TimelineEntry,
} from './rollout/report.ts';
export { simulateRollout } from './rollout/simulate-rollout.ts';
