/** The closed words of core and their enum values on the wire. A word without a value does not compile. */
import type { AgentOperation, BootWhy, Disruption, DriftPolicy, OperationType } from '@kubeos/core';
import type { OutcomeClass, Payload, Phase, PhaseResult } from '@kubeos/core';
import type { SettingReport, SlotName, SlotState } from '@kubeos/core';
import type { BootWhy__Output } from './gen/kubeos/agent/v1/BootWhy.ts';
import type { Disruption__Output } from './gen/kubeos/agent/v1/Disruption.ts';
import type { DriftPolicy__Output } from './gen/kubeos/agent/v1/DriftPolicy.ts';
import type { ImageType__Output } from './gen/kubeos/agent/v1/ImageType.ts';
import type { OperationState__Output } from './gen/kubeos/agent/v1/OperationState.ts';
import type { OperationType__Output } from './gen/kubeos/agent/v1/OperationType.ts';
import type { OutcomeClass__Output } from './gen/kubeos/agent/v1/OutcomeClass.ts';
import type { Phase__Output } from './gen/kubeos/agent/v1/Phase.ts';
import type { PhaseResult__Output } from './gen/kubeos/agent/v1/PhaseResult.ts';
import type { RebootPolicy__Output } from './gen/kubeos/agent/v1/RebootPolicy.ts';
import type { SettingOutcome__Output } from './gen/kubeos/agent/v1/SettingOutcome.ts';
import type { SlotName__Output } from './gen/kubeos/agent/v1/SlotName.ts';
import type { SlotState__Output } from './gen/kubeos/agent/v1/SlotState.ts';

/** Both directions of one enum. */
export interface Words<Word extends string, Wire extends string> {
  /** An absent word becomes the enum's zero value. */
  readonly toWire: (word: Word | undefined) => Wire;
  /** The zero value, and a value of a newer peer that has no word here, become `undefined`. */
  readonly fromWire: (wire: string | number | undefined) => Word | undefined;
}

function wordsOf<Word extends string, Wire extends string>(
  table: Readonly<Record<Word, Wire>>,
  unspecified: Wire,
): Words<Word, Wire> {
  const entries = Object.entries(table) as [Word, Wire][];
  const back = new Map<string | number | undefined, Word>(
    entries.map(([word, wire]) => [wire, word]),
  );
  return {
    toWire: (word) => (word === undefined ? unspecified : table[word]),
    fromWire: (wire) => back.get(wire),
  };
}

/** Names of slots. */
export const slotNameWords: Words<SlotName, SlotName__Output> = wordsOf(
  { A: 'SLOT_NAME_A', B: 'SLOT_NAME_B' },
  'SLOT_NAME_UNSPECIFIED',
);

/** States of slots. */
export const slotStateWords: Words<SlotState, SlotState__Output> = wordsOf(
  {
    empty: 'SLOT_STATE_EMPTY',
    ready: 'SLOT_STATE_READY',
    trial: 'SLOT_STATE_TRIAL',
    good: 'SLOT_STATE_GOOD',
    failed: 'SLOT_STATE_FAILED',
  },
  'SLOT_STATE_UNSPECIFIED',
);

/** Reasons of the boot loader. */
export const bootWhyWords: Words<BootWhy, BootWhy__Output> = wordsOf(
  {
    good: 'BOOT_WHY_GOOD',
    trial: 'BOOT_WHY_TRIAL',
    fallback: 'BOOT_WHY_FALLBACK',
    lastresort: 'BOOT_WHY_LASTRESORT',
    manual: 'BOOT_WHY_MANUAL',
    unknown: 'BOOT_WHY_UNKNOWN',
  },
  'BOOT_WHY_UNSPECIFIED',
);

/** Types of operations. */
export const operationTypeWords: Words<OperationType, OperationType__Output> = wordsOf(
  {
    upgrade: 'OPERATION_TYPE_UPGRADE',
    rollback: 'OPERATION_TYPE_ROLLBACK',
    config: 'OPERATION_TYPE_CONFIG',
  },
  'OPERATION_TYPE_UNSPECIFIED',
);

/** Phases of operations. */
export const phaseWords: Words<Phase, Phase__Output> = wordsOf(
  {
    Prepare: 'PHASE_PREPARE',
    Drain: 'PHASE_DRAIN',
    Before: 'PHASE_BEFORE',
    Activate: 'PHASE_ACTIVATE',
    After: 'PHASE_AFTER',
    Confirm: 'PHASE_CONFIRM',
    GiveBack: 'PHASE_GIVE_BACK',
    Cancel: 'PHASE_CANCEL',
  },
  'PHASE_UNSPECIFIED',
);

/** States of phases. */
export const operationStateWords: Words<AgentOperation['state'], OperationState__Output> = wordsOf(
  {
    Running: 'OPERATION_STATE_RUNNING',
    Done: 'OPERATION_STATE_DONE',
    Failed: 'OPERATION_STATE_FAILED',
  },
  'OPERATION_STATE_UNSPECIFIED',
);

/** Results of phases. */
export const phaseResultWords: Words<PhaseResult, PhaseResult__Output> = wordsOf(
  {
    Prepared: 'PHASE_RESULT_PREPARED',
    Configured: 'PHASE_RESULT_CONFIGURED',
    Armed: 'PHASE_RESULT_ARMED',
    Booted: 'PHASE_RESULT_BOOTED',
    Committed: 'PHASE_RESULT_COMMITTED',
    Returned: 'PHASE_RESULT_RETURNED',
    Cancelled: 'PHASE_RESULT_CANCELLED',
    Failed: 'PHASE_RESULT_FAILED',
  },
  'PHASE_RESULT_UNSPECIFIED',
);

/** Classes of failures. */
export const outcomeClassWords: Words<OutcomeClass, OutcomeClass__Output> = wordsOf(
  {
    bad: 'OUTCOME_CLASS_BAD',
    unconfirmed: 'OUTCOME_CLASS_UNCONFIRMED',
    interrupted: 'OUTCOME_CLASS_INTERRUPTED',
    transient: 'OUTCOME_CLASS_TRANSIENT',
    blocked: 'OUTCOME_CLASS_BLOCKED',
    lost: 'OUTCOME_CLASS_LOST',
  },
  'OUTCOME_CLASS_UNSPECIFIED',
);

/** Kinds of image sources. */
export const imageTypeWords: Words<Payload['imageType'], ImageType__Output> = wordsOf(
  {
    disk: 'IMAGE_TYPE_DISK',
    docker: 'IMAGE_TYPE_DOCKER',
    containerd: 'IMAGE_TYPE_CONTAINERD',
    oci: 'IMAGE_TYPE_OCI',
  },
  'IMAGE_TYPE_UNSPECIFIED',
);

/** What settings do to the work on a node. */
export const disruptionWords: Words<Disruption, Disruption__Output> = wordsOf(
  { none: 'DISRUPTION_NONE', restart: 'DISRUPTION_RESTART', reboot: 'DISRUPTION_REBOOT' },
  'DISRUPTION_UNSPECIFIED',
);

/** What is done about drift. */
export const driftPolicyWords: Words<DriftPolicy, DriftPolicy__Output> = wordsOf(
  { report: 'DRIFT_POLICY_REPORT', heal: 'DRIFT_POLICY_HEAL' },
  'DRIFT_POLICY_UNSPECIFIED',
);

/** Whether settings may reboot. */
export const rebootPolicyWords: Words<'never' | 'ifNeeded', RebootPolicy__Output> = wordsOf(
  { never: 'REBOOT_POLICY_NEVER', ifNeeded: 'REBOOT_POLICY_IF_NEEDED' },
  'REBOOT_POLICY_UNSPECIFIED',
);

/** What becomes of settings. */
export const settingOutcomeWords: Words<SettingReport['outcome'], SettingOutcome__Output> = wordsOf(
  {
    unchanged: 'SETTING_OUTCOME_UNCHANGED',
    set: 'SETTING_OUTCOME_SET',
    added: 'SETTING_OUTCOME_ADDED',
    removed: 'SETTING_OUTCOME_REMOVED',
    refused: 'SETTING_OUTCOME_REFUSED',
  },
  'SETTING_OUTCOME_UNSPECIFIED',
);
