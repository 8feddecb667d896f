import type { OsInstance, OsInstanceStatus, OwnInstance, StatusPatch } from '@kubeos/core';
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

function describePatch(patch: StatusPatch): string {
  const agent = patch.agent;
  const facts =
    agent === undefined || agent === null
      ? ''
      : `${agent.bootedSlot ?? '?'} A=${agent.slots.A.state} B=${agent.slots.B.state} ` +
        `${agent.operation === undefined ? '' : `${agent.operation.phase}:${agent.operation.result ?? agent.operation.state}`}`;
  const acknowledged = patch.acknowledged;
  const echo =
    acknowledged === undefined || acknowledged === null
      ? ''
      : `ack #${String(acknowledged.seq)} ${acknowledged.phase} `;
  const { problem, nodeUid } = patch;
  const members = [
    ...(nodeUid === undefined ? [] : [`nodeUid=${nodeUid ?? '-'}`]),
    ...(problem === undefined ? [] : [`problem=${problem?.code ?? '-'}`]),
    ...(patch.conditions === undefined ? [] : ['conditions']),
  ];
  return [echo + facts, ...members].join(' ').trim();
}
