export { planKernelLine } from './plan-file.ts';
