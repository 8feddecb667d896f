export { isSameValue, printedValue } from './render.ts';
export { planSysctl, sysctlPaths, type SysctlPlan } from './plan.ts';
