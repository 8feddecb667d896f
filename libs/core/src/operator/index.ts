export { createOperator, type OperatorLoop } from './create-operator.ts';
export type { OperatorDeps, OperatorSettings } from './context.ts';
export { remainsOf } from './remains.ts';
export { keyText, type ClusterChange, type ReconcileKey } from './keys.ts';
