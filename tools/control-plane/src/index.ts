export { ensureBinaries } from './binaries.ts';
export type { ControlPlane, ControlPlaneOptions, OptionalComponent } from './contract.ts';
export { startControlPlane } from './control-plane.ts';
