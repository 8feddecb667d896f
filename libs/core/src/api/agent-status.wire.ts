/**
 * Wire schema of `OSInstance.status.agent`; the shape is that of `agent-status.ts`. Words that a newer agent may add
 * are open here, because a status that the API server refuses would silence the node.
 */
import * as z from 'zod/mini';
import { isErrorCode, type ErrorCode } from '../errors/codes.ts';
import { settingNoteLimit, type AgentCapability, type AgentWarning } from './agent-status.ts';
import { imageTypes } from './operation.ts';
import {
  disruptionWire,
  operationTypeWire,
  outcomeClassWire,
  phaseWire,
} from './operation.wire.ts';
import { atLeast, digestWire, field, openWord, optional, slotNameWire } from './wire.ts';

const slotStatusWire = z.object({
  state: field(
    z.enum(['empty', 'ready', 'trial', 'good', 'failed']),
    '`empty`: not to be booted; `ready`: verified, never confirmed; `trial`: armed or booted for counted attempts; `good`: confirmed; `failed`: given up by the boot loader.',
  ),
  version: optional(z.string(), 'PRETTY_NAME of the system in the slot.'),
  payloadDigest: optional(digestWire, 'Digest of the download it came from.'),
  slotDigest: optional(digestWire, 'Digest of its content.'),
  sizeBytes: optional(atLeast(0), 'Size of the partition, in bytes.'),
});

const evidenceWire = z.object({
  attemptsUsed: optional(atLeast(0), 'Boot attempts that were used up.'),
  lastStage: optional(z.string(), 'The last stage that was reached: `loader`, `kernel`, `agent`.'),
  bootIds: optional(z.array(z.string()), 'Boot ids of the trial, oldest first.'),
  journalTail: optional(z.string(), 'The end of its journal, where there is one.'),
});

const errorCodeWire: z.ZodMiniType<ErrorCode, string> = z.pipe(
  z.string(),
  z.transform((text): ErrorCode => (isErrorCode(text) ? text : 'BUG')),
);

const failureWire = z.object({
  seq: field(z.int(), 'Sequence number of the operation that failed.'),
  code: field(errorCodeWire, 'Error code, see the table of errors.'),
  class: field(outcomeClassWire, 'How the failure counts.'),
  message: field(z.string(), 'What was attempted, where, and what was expected.'),
  evidence: optional(evidenceWire, 'What the agent can prove.'),
});

const progressWire = z.object({
  step: field(z.string(), '`Fetching`, `Copying`, `Writing` or `Verifying`.'),
  bytesDone: field(atLeast(0), 'Bytes done so far.'),
  bytesTotal: optional(atLeast(0), 'Bytes in all, once known.'),
});

const agentOperationWire = z.object({
  id: field(z.string(), 'UID of the `OS`, UID of the Node and sequence number.'),
  seq: field(z.int(), 'Sequence number.'),
  type: field(operationTypeWire, 'What is done to the node.'),
  phase: field(phaseWire, 'The phase the agent was asked for.'),
  state: field(z.enum(['Running', 'Done', 'Failed']), '`Running` until the phase ended.'),
  result: optional(
    z.enum([
      ...(['Prepared', 'Configured', 'Armed', 'Booted'] as const),
      ...(['Committed', 'Returned', 'Cancelled', 'Failed'] as const),
    ]),
    'How the phase ended.',
  ),
  progress: optional(progressWire, 'How far the current step has come.'),
  slot: optional(slotNameWire, 'The slot that was prepared or armed.'),
  slotDigest: optional(digestWire, 'Digest of the content of that slot.'),
  version: optional(z.string(), 'Version in that slot.'),
  disruption: optional(disruptionWire, 'What the settings of a config do to the node.'),
  failure: optional(failureWire, 'Why it failed or was returned.'),
});

const capabilities: readonly AgentCapability[] = [...imageTypes, 'rollback', 'settings'];

const warningReasons: readonly AgentWarning['reason'][] = [
  'BootEnvRebuilt',
  'RecordsLost',
  'RecordsForeign',
  'ForeignBoot',
  'AmbiguousDisk',
  'PersistFull',
  'PersistFailed',
  'UpstreamBootEnv',
  'FellBack',
  'SettingsStuck',
];

/** Keeps the words this version knows and leaves out the others. */
const capabilitiesWire: z.ZodMiniType<AgentCapability[], string[]> = z.pipe(
  z.array(z.string()),
  z.transform((words) => capabilities.filter((known) => words.includes(known))),
);

const warningWire = z.object({
  reason: field(z.string(), 'What kind of warning, as one CamelCase word.'),
  message: field(z.string(), 'What a person should know.'),
});

const warningsWire: z.ZodMiniType<AgentWarning[], z.input<typeof warningWire>[]> = z.pipe(
  z.array(warningWire),
  z.transform((warnings) =>
    warnings.flatMap(({ reason, message }) => {
      const known = warningReasons.find((each) => each === reason);
      return known === undefined ? [] : [{ reason: known, message }];
    }),
  ),
);

const settingNotesWire = z.object({
  total: field(atLeast(0), 'How many there are.'),
  first: field(
    z.array(
      z.object({
        model: field(z.string(), 'Model of the setting.'),
        key: field(z.string(), 'Key of the setting.'),
        message: field(z.string(), 'What a person should know of it.'),
      }),
    ),
    'The first of them.',
    { maxItems: settingNoteLimit },
  ),
});

/** What is known of the settings of a node. */
export const settingsStatusWire = z.object({
  before: optional(z.string(), 'Version of the `upgradeconfigs` that were applied last.'),
  after: optional(z.string(), 'Version of the `sysconfigs` that were applied last.'),
  refused: field(settingNotesWire, 'Settings of those sets that could not be applied.'),
  drift: field(settingNotesWire, 'Settings that the node was found to have otherwise.'),
  pendingRestarts: field(
    z.array(z.string()),
    'Programs whose files have changed since they were started.',
  ),
  rebootPending: field(z.boolean(), 'Something was changed that counts with the next boot only.'),
});

/** `OSInstance.status.agent`. */
export const agentStatusWire = z.object({
  apiVersion: field(z.string(), 'Version of the agent API.'),
  agentVersion: field(z.string(), 'Version of os-agent.'),
  capabilities: field(capabilitiesWire, 'What this agent can do.'),
  revision: field(atLeast(0), 'Rises with every change; compared within one boot id only.'),
  bootId: field(z.string(), 'Boot id of the running system.'),
  bootedSlot: optional(slotNameWire, 'The slot the system runs from, if that is known.'),
  bootWhy: field(
    openWord(['good', 'trial', 'fallback', 'lastresort', 'manual', 'unknown'], 'unknown'),
    'Why the boot loader chose it: `good`, `trial`, `fallback`, `lastresort`, `manual` or `unknown`.',
  ),
  version: field(z.string(), 'PRETTY_NAME of the running system.'),
  slots: field(
    z.object({
      A: field(slotStatusWire, 'Slot A.'),
      B: field(slotStatusWire, 'Slot B.'),
    }),
    'The two root slots.',
  ),
  seq: field(atLeast(0), 'The highest sequence number this node has seen.'),
  held: field(z.boolean(), 'True after a rollback at the console, until `os-agent release`.'),
  operation: optional(agentOperationWire, 'The operation with the highest sequence number.'),
  lastFailure: optional(failureWire, 'The last failure, with evidence.'),
  settings: optional(settingsStatusWire, 'What is known of the settings of the node.'),
  warnings: field(warningsWire, 'What the agent had to rebuild or does not know.'),
});
