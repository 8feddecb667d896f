/** The steps in which people count the time of an operation: phases, but for the wait for a turn, which is inside Prepare. */
import type { Operation } from '../api/operation.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import { isPrepared } from '../lifecycle/course.ts';

/** The steps in their order; `wait` is for the node's turn, `reboot` from arming to the first report of the trial. */
export const operationSteps = [
  'prepare',
  'wait',
  'drain',
  'settings',
  'reboot',
  'confirm',
  'cancel',
  'giveback',
] as const;

/** A step of an operation. */
export type OperationStep = (typeof operationSteps)[number];

/** The step that an open operation is in. */
export function stepOf(operation: Operation): OperationStep {
  switch (operation.phase) {
    case 'Prepare':
      return isPrepared(operation) ? 'wait' : 'prepare';
    case 'Drain':
      return 'drain';
    case 'Before':
      return 'settings';
    case 'Activate':
      return 'reboot';
    case 'After':
    case 'Confirm':
      return 'confirm';
    case 'Cancel':
      return 'cancel';
    case 'GiveBack':
      return 'giveback';
    default:
      return assertNever(operation.phase);
  }
}
