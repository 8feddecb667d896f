export { createAuthority, type Authority, type Certificate } from './authority.ts';
export { ensureBinaries } from './binaries.ts';
export { hostSeenByGuests } from './certificates.ts';
export { Component, type ComponentOptions } from './component.ts';
export type {
  ControlPlane,
  ControlPlaneOptions,
  JoinTicket,
  OptionalComponent,
} from './contract.ts';
export { startControlPlane } from './control-plane.ts';
export { tokenKubeconfig, type TokenKubeconfigInputs } from './kubeconfig.ts';
export { pickPorts } from './ports.ts';
