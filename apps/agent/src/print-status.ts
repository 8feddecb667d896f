/** A node's status in words, for a person at the console. */
import { slotNames } from '@kubeos/core';
import type { AgentFailure, AgentOperation, AgentStatus, BootWhy, SlotName } from '@kubeos/core';
import type { SlotState } from '@kubeos/core';

const stateWords: Readonly<Record<SlotState, string>> = {
  empty: 'empty, cannot be booted',
  ready: 'verified, never confirmed',
  trial: 'on trial, not confirmed yet',
  good: 'good',
  failed: 'failed to boot',
};

const whyWords: Readonly<Record<BootWhy, string>> = {
  good: 'it is the confirmed one',
  trial: 'it is on trial',
  fallback: 'the confirmed one could not be loaded',
  lastresort: 'the boot environment was unreadable',
  manual: 'somebody chose it in the boot menu',
  unknown: 'the boot loader did not say why',
};

/** Some lines of text. The first says what runs; hints at the end say what a person can do. */
export function printStatus(status: AgentStatus): string {
  const { bootedSlot, version, operation, lastFailure } = status;
  const where = bootedSlot === undefined ? 'from neither slot' : `from slot ${bootedSlot}`;
  return [
    `This node runs ${version === '' ? 'a system without a name' : version} ${where}: ${whyWords[status.bootWhy]}.`,
    '',
    ...slotNames.map((slot) => `  slot ${slot}  ${printSlot(status, slot)}`),
    '',
    operation === undefined ? 'No operation is on record.' : printOperation(operation),
    ...(lastFailure === undefined ? [] : [printFailure(lastFailure)]),
    ...status.warnings.map(({ reason, message }) => `Warning: ${message} (${reason})`),
    ...hints(status),
    '',
  ].join('\n');
}

function printSlot({ slots, bootedSlot }: AgentStatus, slot: SlotName): string {
  const { state, version } = slots[slot];
  const marks = slot === bootedSlot ? ', running now' : '';
  return `${(version ?? '-').padEnd(24)} ${stateWords[state]}${marks}`;
}

function printOperation(operation: AgentOperation): string {
  const { type, seq, phase, state, result, version, progress } = operation;
  const what = `Operation ${seq} (${type}${version === undefined ? '' : ` to ${version}`})`;
  if (state === 'Running') {
    const step = progress === undefined ? '' : `, ${progress.step} ${printProgress(progress)}`;
    return `${what}: ${phase} is going on${step}.`;
  }
  return `${what}: ${phase} has ended, ${result ?? state}.`;
}

function printProgress({ bytesDone, bytesTotal }: NonNullable<AgentOperation['progress']>): string {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)}`;
  return bytesTotal === undefined
    ? `${mebibytes(bytesDone)} MiB`
    : `${mebibytes(bytesDone)} of ${mebibytes(bytesTotal)} MiB`;
}

function printFailure({ seq, code, message, evidence }: AgentFailure): string {
  const attempts = evidence?.attemptsUsed;
  const stage = evidence?.lastStage;
  return [
    `Last failure (operation ${seq}, ${code}): ${message}`,
    ...(attempts === undefined ? [] : [`  boot attempts used: ${attempts}`]),
    ...(stage === undefined ? [] : [`  last stage reached: ${stage}`]),
    ...(evidence?.journalTail === undefined
      ? []
      : ['  its journal is in: os-agent status -o json']),
  ].join('\n');
}

function hints({ held, bootedSlot, slots }: AgentStatus): readonly string[] {
  const isTrial = bootedSlot !== undefined && slots[bootedSlot].state === 'trial';
  return [
    ...(held ? ['This node is held: the cluster leaves it alone until "os-agent release".'] : []),
    ...(isTrial
      ? ['Unless it is confirmed, it goes back by itself. Keep it with "os-agent confirm".']
      : []),
  ];
}
