import type {
  AgentStatus,
  OsInstance,
  OsInstanceStatus,
  OwnInstance,
  StatusPatch,
} from '@kubeos/core';
import type { Actor } from '../engine/actor.ts';
import { requireVersion, type ApiServer } from './api-server.ts';
import { mergeConditions } from './operator-api.ts';

/** What the proxy's port talks to. */
export interface OwnInstanceDeps {
  readonly actor: Actor;
  readonly server: ApiServer;
  readonly node: string;
  /** As the proxy's watch last delivered it. */
  readonly cached: () => OsInstance | undefined;
}

/** The node's own `OSInstance`; the name is fixed, so that no proxy can reach another node's. */
export function createOwnInstance(deps: OwnInstanceDeps): OwnInstance {
  const { actor, server, node } = deps;
  return {
    cached: deps.cached,
    read: () =>
      actor.call(`own.read ${node}`, () => {
        server.requireAvailable();
        return server.instances.get(node);
      }),
    writeStatus: (instance, patch) =>
      actor.call(`own.writeStatus ${node} ${describePatch(patch)}`, () => {
        server.requireAvailable();
        const stored = server.instances.get(node);
        requireVersion(`status of OSInstance ${node}`, stored, instance);
        const base = stored ?? instance;
        return server.putInstance({ ...base, status: mergeStatus(base.status, patch) });
      }),
  };
}

/** A JSON merge patch of the status; conditions are merged by type. */
function mergeStatus(held: OsInstanceStatus, patch: StatusPatch): OsInstanceStatus {
  const members = Object.entries({ ...held, ...patch }).filter(([, value]) => value !== null);
  const next: OsInstanceStatus = Object.fromEntries(members);
  return patch.conditions === undefined
    ? next
    : { ...next, conditions: mergeConditions(held.conditions, patch.conditions) };
}

/** One line for the trace. */
function describePatch(patch: StatusPatch): string {
  const { acknowledged, problem, nodeUid, agent, conditions } = patch;
  const words = [
    !acknowledged ? '' : `ack #${String(acknowledged.seq)} ${acknowledged.phase}`,
    !agent ? '' : describeAgent(agent),
    nodeUid === undefined ? '' : `nodeUid=${nodeUid ?? '-'}`,
    problem === undefined ? '' : `problem=${problem?.code ?? '-'}`,
    conditions === undefined ? '' : 'conditions',
  ];
  return words.filter((word) => word !== '').join(' ');
}

function describeAgent({ bootedSlot, slots, operation }: AgentStatus): string {
  const phase =
    operation === undefined ? '' : ` ${operation.phase}:${operation.result ?? operation.state}`;
  return `${bootedSlot ?? '?'} A=${slots.A.state} B=${slots.B.state}${phase}`;
}
