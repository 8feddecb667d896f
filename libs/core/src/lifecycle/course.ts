/** What an operation of its kind goes through: not every one is prepared, drained or booted alike. */
import type { Operation } from '../api/operation.ts';

/** True when its Prepare is through: the slot to boot is known, or that the settings need none. */
export function isPrepared(operation: Operation): boolean {
  const { disruption, target } = operation;
  return (keepsSlot(operation) ? disruption : target.slot) !== undefined;
}

/** True for settings that count without a reboot: the node stays in its slot, and no slot is on trial. */
export function keepsSlot({ type, disruption }: Operation): boolean {
  return type === 'config' && disruption !== 'reboot';
}

/** True for settings that nobody on the node notices: it is neither cordoned nor drained, and costs no budget. */
export function isUnnoticed({ type, disruption }: Operation): boolean {
  return type === 'config' && disruption === 'none';
}

/** True from the write on after which the node may be changed by it: that of Activate, or of After of a config. */
export function isBegun(operation: Operation): boolean {
  const { bootIdBefore, phase } = operation;
  if (bootIdBefore !== undefined) return true;
  return isUnnoticed(operation) && phase !== 'Prepare' && phase !== 'Cancel';
}
