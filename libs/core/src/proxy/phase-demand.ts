/** What a phase of an operation asks of the agent, if anything. */
import type {
  AgentCapability,
  AgentOperation,
  AgentStatus,
  PhaseResult,
} from '../api/agent-status.ts';
import { operationId, type Operation } from '../api/operation.ts';
import type { AgentCalls, CallOperation } from '../ports/proxy.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import type { CallFailure } from './call-state.ts';

/** A call to the agent as plain values. `getStatus` asks for a first snapshot. */
export type PhaseCall =
  | { readonly type: 'getStatus' }
  | { readonly type: 'prepare'; readonly request: Parameters<AgentCalls['prepare']>[0] }
  | { readonly type: 'activate'; readonly request: Parameters<AgentCalls['activate']>[0] }
  | { readonly type: 'confirm'; readonly request: Parameters<AgentCalls['confirm']>[0] }
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

/** What the phase asks of an agent with this status. */
export function demandOf(operation: Operation, agent: AgentStatus): PhaseDemand {
  const lacking = lackingCapability(operation, agent);
  if (lacking !== undefined) {
    return refused('UNSUPPORTED', `The agent of this node does not offer "${lacking}"`);
  }
  const request = { id: operationId(operation), seq: operation.seq, type: operation.type };
  switch (operation.phase) {
    case 'Prepare':
      return prepare(operation, request);
    case 'Activate':
      return call({
        type: 'activate',
        request: {
          ...request,
          target: operation.target,
          confirmTimeoutSeconds: operation.parameters.confirmTimeoutSeconds,
        },
      });
    case 'Confirm':
      return confirm(operation, request);
    case 'Cancel':
      return call({ type: 'cancel', request });
    case 'Drain':
    case 'Before':
    case 'After':
    case 'GiveBack':
      return nothing;
    default:
      return assertNever(operation.phase);
  }
}

function prepare(operation: Operation, request: CallOperation): PhaseDemand {
  const { payload, target } = operation;
  return payload === undefined
    ? refused('INVALID_ARGUMENT', 'Prepare names no payload')
    : call({ type: 'prepare', request: { ...request, version: target.version, payload } });
}

function confirm(operation: Operation, request: CallOperation): PhaseDemand {
  const { slot, slotDigest } = operation.target;
  const bootId = operation.confirmBootId;
  if (bootId === undefined || slot === undefined || slotDigest === undefined) {
    return refused('INVALID_ARGUMENT', 'Confirm does not name boot id, slot and digest');
  }
  return call({ type: 'confirm', request: { ...request, bootId, slot, slotDigest } });
}

/** The capability that the phase needs and the agent does not have. Cancel is always allowed. */
function lackingCapability(operation: Operation, agent: AgentStatus): AgentCapability | undefined {
  const needed = neededCapability(operation);
  return needed === undefined || agent.capabilities.includes(needed) ? undefined : needed;
}

function neededCapability(operation: Operation): AgentCapability | undefined {
  const { phase, type, payload } = operation;
  if (phase === 'Prepare') return payload?.imageType === 'disk' ? 'disk' : 'oci';
  if (phase === 'Activate' && type === 'rollback') return 'rollback';
  return undefined;
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
