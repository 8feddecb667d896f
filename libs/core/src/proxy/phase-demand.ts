/** What a phase of an operation asks of the agent, if anything. */
import type {
  AgentCapability,
  AgentOperation,
  AgentStatus,
  PhaseResult,
} from '../api/agent-status.ts';
import { operationId, type Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { AgentCalls, CallOperation, SettingsPhase } from '../ports/proxy.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import { settingsToApply } from '../lifecycle/settings-to-apply.ts';
import type { CallFailure } from './call-state.ts';

/** A call to the agent as plain values. `getStatus` asks for a first snapshot. */
export type PhaseCall =
  | { readonly type: 'getStatus' }
  | { readonly type: 'prepare'; readonly request: Parameters<AgentCalls['prepare']>[0] }
  | { readonly type: 'activate'; readonly request: Parameters<AgentCalls['activate']>[0] }
  | { readonly type: 'confirm'; readonly request: Parameters<AgentCalls['confirm']>[0] }
  | { readonly type: 'configure'; readonly request: Parameters<AgentCalls['configure']>[0] }
  | { readonly type: 'cancel'; readonly request: Parameters<AgentCalls['cancel']>[0] };

/** The answer to what a phase asks for. */
export type PhaseDemand =
  /** The operator works, or there is nothing to do on the node: acknowledging is enough. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'call'; readonly call: PhaseCall }
  /** The phase cannot be asked of this agent. */
  | { readonly kind: 'refused'; readonly failure: CallFailure };

/** Results that end the whole operation, whatever phase it was in. */
const endings: ReadonlySet<PhaseResult> = new Set(['Committed', 'Returned', 'Cancelled']);

const nothing: PhaseDemand = { kind: 'nothing' };

/** What the phase of the open operation asks of an agent with this status. */
export function demandOf(
  instance: OsInstance,
  operation: Operation,
  agent: AgentStatus,
): PhaseDemand {
  const demand = phaseDemand(instance, operation);
  const needed = demand.kind === 'call' ? neededCapability(demand.call) : undefined;
  if (needed === undefined || agent.capabilities.includes(needed)) return demand;
  return refused('UNSUPPORTED', `The agent of this node does not offer "${needed}"`);
}

function phaseDemand(instance: OsInstance, operation: Operation): PhaseDemand {
  switch (operation.phase) {
    case 'Prepare':
      return operation.type === 'config'
        ? configure(instance, operation, 'Prepare')
        : prepare(operation);
    case 'Before':
    case 'After':
      return configure(instance, operation, operation.phase);
    case 'Activate':
      return call({
        type: 'activate',
        request: {
          ...named(operation),
          target: operation.target,
          confirmTimeoutSeconds: operation.parameters.confirmTimeoutSeconds,
        },
      });
    case 'Confirm':
      return confirm(operation);
    case 'Cancel':
      return call({ type: 'cancel', request: named(operation) });
    case 'Drain':
    case 'GiveBack':
      return nothing;
    default:
      return assertNever(operation.phase);
  }
}

/** The operation as every call names it. */
function named(operation: Operation): CallOperation {
  return { id: operationId(operation), seq: operation.seq, type: operation.type };
}

function prepare(operation: Operation): PhaseDemand {
  const { payload, target } = operation;
  if (payload === undefined) return refused('INVALID_ARGUMENT', 'Prepare names no payload');
  const request = { ...named(operation), version: target.version, payload };
  return call({ type: 'prepare', request });
}

function configure(instance: OsInstance, operation: Operation, phase: SettingsPhase): PhaseDemand {
  const settings = settingsToApply(instance, phase);
  if (settings !== undefined) {
    const { confirmTimeoutSeconds } = operation.parameters;
    const request = { ...named(operation), phase, settings, confirmTimeoutSeconds };
    return call({ type: 'configure', request });
  }
  if (operation.type !== 'config' || phase === 'Before') return nothing;
  return refused('INVALID_ARGUMENT', 'A config names no settings');
}

/** A config is about a slot only where it reboots; any other operation always is. */
function confirm(operation: Operation): PhaseDemand {
  const { slot, slotDigest } = operation.target;
  const bootId = operation.confirmBootId;
  const isOfSlot = operation.type !== 'config' || operation.disruption === 'reboot';
  if (bootId !== undefined && !isOfSlot) {
    return call({ type: 'confirm', request: { ...named(operation), bootId } });
  }
  if (bootId === undefined || slot === undefined || slotDigest === undefined) {
    return refused('INVALID_ARGUMENT', 'Confirm does not name boot id, slot and digest');
  }
  const request = { ...named(operation), bootId, slot, slotDigest };
  return call({ type: 'confirm', request });
}

/** The capability that a call takes. An agent can always be told to end what it has begun. */
function neededCapability(wanted: PhaseCall): AgentCapability | undefined {
  switch (wanted.type) {
    case 'prepare':
      return wanted.request.payload.imageType;
    case 'activate':
      return wanted.request.type === 'rollback' ? 'rollback' : undefined;
    case 'configure':
      return 'settings';
    case 'getStatus':
    case 'confirm':
    case 'cancel':
      return undefined;
    default:
      return assertNever(wanted);
  }
}

/**
 * True when the agent's own record says how the phase ended, so that there is nothing left to ask. A candidate that is
 * armed is not the end of Activate: asked again, the agent carries the reboot out or tells that it has happened.
 */
export function isSettled(operation: Operation, record: AgentOperation | undefined): boolean {
  if (record?.id !== operationId(operation)) return false;
  if (record.result !== undefined && endings.has(record.result)) return true;
  if (record.phase !== operation.phase || record.state === 'Running') return false;
  return record.result !== 'Armed';
}

function call(wanted: PhaseCall): PhaseDemand {
  return { kind: 'call', call: wanted };
}

function refused(code: CallFailure['code'], message: string): PhaseDemand {
  return { kind: 'refused', failure: { code, message } };
}
