export type { CallFailure, CallKey, CallState } from './call-state.ts';
export { proxyConditionTypes } from './conditions.ts';
export { createProxy, type Proxy, type ProxyDeps } from './create-proxy.ts';
export {
  decideProxy,
  type ProxyAction,
  type ProxyDecision,
  type ProxyInput,
  type ProxyWait,
} from './decide-proxy.ts';
export type { PhaseCall } from './phase-demand.ts';
