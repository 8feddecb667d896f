export { cordonState, cordonText, isCordonOf, type CordonState } from './cordon.ts';
export { decideOperation } from './decide-operation.ts';
export { phaseTable, type PhaseRow } from './phase-table.ts';
export { sooner, type Requeue } from './requeue.ts';
export {
  describeNodeAction,
  type NodeAction,
  type OperationDecision,
  type OperationView,
} from './view.ts';
