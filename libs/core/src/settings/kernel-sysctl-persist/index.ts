export { planSysctlFile } from './plan.ts';
