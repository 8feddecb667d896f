export { applyRights, proxyDaemonSet } from './apply.ts';
export { chartFolder, Helm, releaseName, releaseNamespace } from './helm.ts';
export { Logins, operatorAccount, proxyAccount, type Account, type PodRef } from './logins.ts';
export { objectsOf, type ChartObject } from './objects.ts';
export {
  alertsFile,
  Prometheus,
  type PrometheusOptions,
  type RuleState,
  type Series,
} from './prometheus.ts';
