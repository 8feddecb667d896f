/** Wire schemas of `OSInstance.spec.operation` and `.spec.history`; the shapes are those of `operation.ts`. */
import * as z from 'zod/mini';
import { historyLimit, imageTypes, phases } from './operation.ts';
import { atLeast, digestWire, field, optional, slotNameWire, time } from './wire.ts';

/** The types of operations. */
export const operationTypeWire = z.enum(['upgrade', 'rollback', 'config']);
/** The phases, in order, and Cancel. */
export const phaseWire = z.enum([...phases, 'Cancel']);
/** What settings do to the work on a node. */
export const disruptionWire = z.enum(['none', 'restart', 'reboot']);
/** How a failed operation counts. */
export const outcomeClassWire = z.enum([
  'bad',
  'unconfirmed',
  'interrupted',
  'transient',
  'blocked',
  'lost',
]);

const payloadWire = z.object({
  imageType: field(z.enum(imageTypes), 'How the image is fetched.'),
  url: optional(z.string(), 'URL of the image, for `disk`.'),
  image: optional(z.string(), 'OCI reference, for all but `disk`.'),
  digest: field(digestWire, 'Digest of the download: of the file, or of the manifest of an image.'),
  allowInsecure: field(z.boolean(), 'Allows a server that does not speak https.'),
  mutualTls: field(z.boolean(), 'Presents a client certificate.'),
  caCert: optional(z.string(), 'File below `/etc/KubeOS/certs/` with the CA certificate.'),
  clientCert: optional(z.string(), 'File below `/etc/KubeOS/certs/` with the client certificate.'),
  clientKey: optional(z.string(), 'File below `/etc/KubeOS/certs/` with the client key.'),
});

const targetWire = z.object({
  version: field(z.string(), 'The wanted version: PRETTY_NAME of the slot, byte for byte.'),
  payloadDigest: optional(digestWire, 'Digest of the download, for an upgrade.'),
  slot: optional(slotNameWire, 'The slot to boot, once it is known.'),
  slotDigest: optional(digestWire, 'Digest of the content of that slot.'),
  settings: optional(z.string(), 'Versions of the sets of settings that it brings.'),
});

const parametersWire = z.object({
  force: field(z.boolean(), 'Evict pods with local data and pods without an owner too.'),
  drainTimeoutSeconds: field(z.int(), 'Longest time for the drain, in seconds.'),
  confirmTimeoutSeconds: field(z.int(), 'Longest uptime of an unconfirmed system, in seconds.'),
  minReadySeconds: field(z.int(), 'How long the node must be good without a break, in seconds.'),
});

const endingWire = z.object({
  result: field(z.enum(['Succeeded', 'Failed', 'Cancelled']), 'How the operation ends.'),
  class: optional(outcomeClassWire, 'How the failure counts.'),
  reason: field(z.string(), 'Why, as one CamelCase word.'),
  message: field(z.string(), 'Why, for people.'),
});

/** `OSInstance.spec.operation`. */
export const operationWire = z.object({
  osUid: field(z.string(), 'UID of the `OS` that asked for it.'),
  osNamespace: field(z.string(), 'Namespace of that `OS`.'),
  osName: field(z.string(), 'Name of that `OS`.'),
  osGeneration: field(z.int(), 'Generation of that `OS` when the operation began.'),
  nodeUid: field(z.string(), 'UID of the Node.'),
  seq: field(atLeast(1), 'Rises by one with each operation of a node.'),
  type: field(operationTypeWire, 'What is done to the node.'),
  phase: field(phaseWire, 'How far the node may go.'),
  target: field(targetWire, 'What the node is to become.'),
  payload: optional(payloadWire, 'Where an upgrade comes from.'),
  parameters: field(
    parametersWire,
    'Settings of the `OS`, copied because it may be edited or gone.',
  ),
  disruption: optional(
    disruptionWire,
    'What the settings of a config do to the node: `none`, `restart` of programs, or `reboot`.',
  ),
  admitted: optional(
    z.boolean(),
    'True from the write on that takes the node out of service; holds budget until the end.',
  ),
  bootIdBefore: optional(z.string(), 'Boot id of the node when its trial began.'),
  confirmBootId: optional(z.string(), 'Boot id of the trial that Confirm speaks of.'),
  ending: optional(endingWire, 'Why the operation is cancelled or given back.'),
  excusedDaemonSetPods: optional(
    z.array(z.string()),
    'DaemonSets (namespace/name) whose pod was not Ready at admission and is not waited for.',
  ),
});

const lastAttemptWire = z.object({
  seq: field(z.int(), 'Sequence number of the operation.'),
  class: field(outcomeClassWire, 'How the failure counts.'),
  reason: field(z.string(), 'Why, as one CamelCase word.'),
  message: field(z.string(), 'Why, for people.'),
  time: time('When it ended; for people.'),
});

const historyEntryWire = z.object({
  osUid: field(z.string(), 'UID of the `OS`.'),
  type: field(operationTypeWire, 'What was tried.'),
  version: field(z.string(), 'The wanted version.'),
  digest: optional(digestWire, 'Payload digest of an upgrade, slot digest of a rollback.'),
  settings: optional(z.string(), 'Versions of the sets of settings that were tried.'),
  activates: field(atLeast(0), 'How often a trial was begun for this target.'),
  attempts: field(atLeast(0), 'Attempts that ended without success.'),
  counted: field(z.boolean(), 'True while this node counts against `maxFailures` for this target.'),
  last: optional(lastAttemptWire, 'The last ending that was not a success.'),
  consumedRetry: optional(z.string(), 'Value of the retry annotation that was used up last.'),
});

/** `OSInstance.spec.history`. */
export const historyWire = z.object({
  seq: field(atLeast(0), 'The highest sequence number ever used on this node.'),
  entries: field(z.array(historyEntryWire), 'What was tried before, newest first.', {
    maxItems: historyLimit,
  }),
});
