export { planSysctl, sysctlPaths, type SysctlPlan } from './plan.ts';
