export { planCopiedLine, planKernelLine } from './plan-file.ts';
