export { retryPauseSeconds } from './backoff.ts';
export { canaryCount, unavailableBudget } from './budget.ts';
export { decideFleet, pendingLimit, type FleetInput, type FleetPlan } from './decide-fleet.ts';
export { fleetReport, type FleetReport } from './fleet-status.ts';
export { compareMembers, Fleet, type FleetSource, type Member } from './fleet.ts';
export { isControlPlane, isSelected } from './selection.ts';
export {
  freshReport,
  isUnownedTrial,
  maxActivates,
  runsConfirmed,
  standingOf,
  type NodeFacts,
  type Standing,
} from './standing.ts';
export { tally, type Candidate, type Tally, type WaitReason } from './tally.ts';
export { historyOf, targetOf, type TargetKey } from './target.ts';
export { parseWindow, windowState, type WindowState } from './window.ts';
