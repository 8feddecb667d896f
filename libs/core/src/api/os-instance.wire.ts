/** Wire schema of `OSInstance`: what is stored. The shapes are those of `os-instance.ts`. */
import * as z from 'zod/mini';
import { agentStatusWire } from './agent-status.wire.ts';
import { conditionsWire } from './condition.wire.ts';
import { historyWire, operationWire } from './operation.wire.ts';
import { settingsSetWire } from './settings.wire.ts';
import { field, optional } from './wire.ts';

const ownerWire = z.object({
  name: field(z.string(), 'Name of the `OS`.'),
  namespace: field(z.string(), 'Namespace of the `OS`.'),
});

/** `OSInstance.spec`. */
export const osInstanceSpecWire = z.object({
  nodestatus: field(
    z._default(z.enum(['idle', 'upgrade', 'config', 'rollback']), 'idle'),
    'What the node is at work on, in one word.',
  ),
  namespacedname: optional(ownerWire, 'The `OS` that has the node at work; absent when idle.'),
  sysconfigs: optional(
    settingsSetWire,
    'Settings to apply after the switch, copied from the `OS`.',
  ),
  upgradeconfigs: optional(
    settingsSetWire,
    'Settings to apply before the switch, copied from the `OS`.',
  ),
  operation: optional(operationWire, 'The one open operation of the node.'),
  history: optional(historyWire, 'What was tried on this node before.'),
});

const acknowledgedWire = z.object({
  seq: field(z.int(), 'Sequence number of the operation.'),
  phase: field(z.string(), 'Phase of the operation.'),
});

const problemWire = z.object({
  seq: field(z.int(), 'Sequence number of the operation.'),
  phase: field(z.string(), 'Phase of the operation.'),
  code: field(z.string(), 'Error code, see the table of errors.'),
  message: field(z.string(), 'What went wrong.'),
});

/** `OSInstance.status`. */
export const osInstanceStatusWire = z.object({
  nodeUid: optional(z.string(), 'UID of the Node that the proxy runs on.'),
  proxyVersion: optional(z.string(), 'Version of os-proxy.'),
  acknowledged: optional(acknowledgedWire, 'The operation and phase that the proxy has read.'),
  agent: optional(agentStatusWire, 'What os-agent says of the node, as last seen.'),
  problem: optional(
    problemWire,
    'Why the agent cannot be reached or refuses the phase; absent when all is well.',
  ),
  sysconfigs: optional(settingsSetWire, 'Settings that were applied after the last switch.'),
  upgradeconfigs: optional(settingsSetWire, 'Settings that were applied before the last switch.'),
  conditions: conditionsWire,
});

/** An `OSInstance` without its metadata. */
export const osInstanceWire = field(
  z.object({
    spec: optional(osInstanceSpecWire, 'What the operator wants of the node.'),
    status: optional(osInstanceStatusWire, 'What the node reports.'),
  }),
  'The operating system of one node. KubeOS creates it in namespace `default` under the name of the node.',
);
