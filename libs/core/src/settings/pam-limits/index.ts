export { planLimits } from './plan.ts';
