export type { BuildContext } from './build-context.ts';
