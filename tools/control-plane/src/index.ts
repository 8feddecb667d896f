export { createAuthority, type Authority, type Certificate } from './authority.ts';
export { ensureBinaries } from './binaries.ts';
export { Component, type ComponentOptions } from './component.ts';
export type { ControlPlane, ControlPlaneOptions, OptionalComponent } from './contract.ts';
export { startControlPlane } from './control-plane.ts';
export { pickPorts } from './ports.ts';
