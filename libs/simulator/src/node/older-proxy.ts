import type { AgentOperation, AgentStatus, ProxyDeps, SlotStatus } from '@kubeos/core';

/** A proxy of the version before: it does not know the newest words and members that an agent may leave out. */
export function olderProxy(deps: ProxyDeps): ProxyDeps {
  return {
    ...deps,
    proxyVersion: '0.9.0',
    agent: { ...deps.agent, getStatus: async (signal) => seen(await deps.agent.getStatus(signal)) },
    snapshot: {
      current: () => {
        const status = deps.snapshot.current();
        return status === undefined ? undefined : seen(status);
      },
    },
  };
}

/** What it reads of a snapshot. */
function seen({ lastFailure: _failure, operation, ...status }: AgentStatus): AgentStatus {
  return {
    ...status,
    capabilities: status.capabilities.filter((word) => word === 'disk'),
    slots: { A: seenSlot(status.slots.A), B: seenSlot(status.slots.B) },
    warnings: [],
    ...(operation === undefined ? {} : { operation: seenOperation(operation) }),
  };
}

function seenSlot({ sizeBytes: _size, ...slot }: SlotStatus): SlotStatus {
  return slot;
}

function seenOperation({
  progress: _progress,
  failure,
  ...operation
}: AgentOperation): AgentOperation {
  if (failure === undefined) return operation;
  const { evidence: _evidence, ...known } = failure;
  return { ...operation, failure: known };
}
