export type { MetricDescription } from './description.ts';
export { operationNews, type OperationNews } from './operation-news.ts';
export { operatorMetrics } from './operator-metrics.ts';
export { proxyMetrics } from './proxy-metrics.ts';
export { operationSteps, stepOf, type OperationStep } from './step.ts';
export { StepClock, type EndedStep } from './step-clock.ts';
export { countVersions, type VersionCount } from './versions.ts';
