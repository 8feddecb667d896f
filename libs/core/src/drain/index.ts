export {
  evictionFeasibility,
  heldPods,
  type EvictionFeasibility,
  type HeldPod,
} from './budgets.ts';
export { daemonSetPodsReady, unreadyDaemonSets, type DaemonSetReadiness } from './daemon-sets.ts';
export { judgePod, type PodVerdict } from './judge-pod.ts';
export { selectorMatches } from './label-selector.ts';
export { planDrain, type DrainBlocker, type DrainOptions, type DrainPlan } from './plan-drain.ts';
export { podKey } from './pod-key.ts';
