/** `AgentStatus` and its message, both ways. */
import type { AgentFailure, AgentOperation, AgentStatus, SlotStatus } from '@kubeos/core';
import type { AgentFailure as WireFailure } from './gen/kubeos/agent/v1/AgentFailure.ts';
import type { AgentFailure__Output } from './gen/kubeos/agent/v1/AgentFailure.ts';
import type { AgentOperation as WireOperation } from './gen/kubeos/agent/v1/AgentOperation.ts';
import type { AgentOperation__Output } from './gen/kubeos/agent/v1/AgentOperation.ts';
import type { AgentStatus as WireStatus } from './gen/kubeos/agent/v1/AgentStatus.ts';
import type { AgentStatus__Output } from './gen/kubeos/agent/v1/AgentStatus.ts';
import type { SlotStatus as WireSlot } from './gen/kubeos/agent/v1/SlotStatus.ts';
import type { SlotStatus__Output } from './gen/kubeos/agent/v1/SlotStatus.ts';
import { settingsStatusToWire } from './settings-report-message.ts';
import { withoutUndefined } from './without-undefined.ts';
import {
  bootWhyWords,
  disruptionWords,
  operationStateWords,
  operationTypeWords,
  outcomeClassWords,
  phaseResultWords,
  phaseWords,
  slotNameWords,
  slotStateWords,
} from './words.ts';

/** The message of a status. */
export function statusToWire(status: AgentStatus): WireStatus {
  const { operation, lastFailure, settings, ...rest } = status;
  return {
    ...rest,
    capabilities: [...status.capabilities],
    bootedSlot: slotNameWords.toWire(status.bootedSlot),
    bootWhy: bootWhyWords.toWire(status.bootWhy),
    slots: { A: slotToWire(status.slots.A), B: slotToWire(status.slots.B) },
    warnings: [...status.warnings],
    ...(operation === undefined ? {} : { operation: operationToWire(operation) }),
    ...(lastFailure === undefined ? {} : { lastFailure: failureToWire(lastFailure) }),
    ...(settings === undefined ? {} : { settings: settingsStatusToWire(settings) }),
  };
}

function slotToWire(slot: SlotStatus): WireSlot {
  return { ...slot, state: slotStateWords.toWire(slot.state) };
}

function operationToWire(operation: AgentOperation): WireOperation {
  const { failure, ...rest } = operation;
  return {
    ...rest,
    type: operationTypeWords.toWire(operation.type),
    phase: phaseWords.toWire(operation.phase),
    state: operationStateWords.toWire(operation.state),
    result: phaseResultWords.toWire(operation.result),
    slot: slotNameWords.toWire(operation.slot),
    disruption: disruptionWords.toWire(operation.disruption),
    ...(failure === undefined ? {} : { failure: failureToWire(failure) }),
  };
}

function failureToWire(failure: AgentFailure): WireFailure {
  const { evidence, ...rest } = failure;
  return {
    ...rest,
    class: outcomeClassWords.toWire(failure.class),
    ...(evidence === undefined
      ? {}
      : { evidence: { ...evidence, bootIds: [...(evidence.bootIds ?? [])] } }),
  };
}

/** The members of a status; to be checked by `agentStatusWire`. */
export function statusFromWire(wire: AgentStatus__Output): unknown {
  return withoutUndefined({
    ...wire,
    bootedSlot: slotNameWords.fromWire(wire.bootedSlot),
    bootWhy: bootWhyWords.fromWire(wire.bootWhy) ?? 'unknown',
    slots: Object.fromEntries(
      Object.entries(wire.slots).map(([name, slot]) => [name, slotFromWire(slot)]),
    ),
    operation: wire.operation && operationFromWire(wire.operation),
    lastFailure: wire.lastFailure && failureFromWire(wire.lastFailure),
  });
}

function slotFromWire(wire: SlotStatus__Output): unknown {
  return { ...wire, state: slotStateWords.fromWire(wire.state) };
}

function operationFromWire(wire: AgentOperation__Output): unknown {
  return withoutUndefined({
    ...wire,
    type: operationTypeWords.fromWire(wire.type),
    phase: phaseWords.fromWire(wire.phase),
    state: operationStateWords.fromWire(wire.state),
    result: phaseResultWords.fromWire(wire.result),
    slot: slotNameWords.fromWire(wire.slot),
    disruption: disruptionWords.fromWire(wire.disruption),
    failure: wire.failure && failureFromWire(wire.failure),
  });
}

function failureFromWire(wire: AgentFailure__Output): unknown {
  const { evidence } = wire;
  return withoutUndefined({
    ...wire,
    class: outcomeClassWords.fromWire(wire.class),
    evidence:
      evidence &&
      withoutUndefined({
        ...evidence,
        bootIds: evidence.bootIds.length > 0 ? evidence.bootIds : undefined,
      }),
  });
}
