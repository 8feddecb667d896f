import type { ErrorReason } from '../../errors/codes.ts';
import type { EndingName, WaitName } from '../reasons.ts';
import { on, type Advice } from './advice.ts';

const bootFailed = on('boot-failed');
const crdOutdated = on('crd-outdated');
const disk = on('disk');
const operator = on('operator');
const payload = on('payload');
const records = on('records');
const settings = on('settings');

const again = 'It is tried again by itself.';
const newImage = 'Build the image anew and change the object.';
const otherImage =
  'Give the object another image or version, or ask for one more attempt: kubectl kubeos retry NODE.';

/** What ends each failure. */
export const errorAdvice: Readonly<Record<Exclude<ErrorReason, WaitName | EndingName>, Advice>> = {
  InvalidArgument: payload('Mend the part of the object that the message names.'),
  InvalidConfiguration: on('waiting')('Mend the configuration of the agent on the node.'),
  Unsupported: on('waiting')('Upgrade the node first; its agent is of an older version.'),
  InsecureSource: payload('Serve the image by https, or set flagSafe.'),
  InsecureRedirect: payload('Let the server redirect to https, or set flagSafe.'),
  CertificateUnusable: payload(`Mend the certificate files below /etc/KubeOS/certs. ${again}`),
  CredentialsUnusable: payload(`Mend registry-auth.json on the node. ${again}`),
  RegistryDenied: payload(`Give the node the right to pull, or credentials. ${again}`),
  EngineUnavailable: payload('Install or start the engine on the node, or take imagetype oci.'),
  SourceNotFound: payload(`Put the image where the object says, or mend the address. ${again}`),
  SourceRefused: payload(`See what the server says. ${again}`),
  SourceUnreachable: payload(`See how the node reaches the server. ${again}`),
  TlsFailed: payload(`See that node and server trust each other. ${again}`),
  ShortBody: payload(again),
  DigestMismatch: payload('Mend checksum, or put the right image where the object says.'),
  NoPlatform: payload('Push an image for the architecture of the node too.'),
  PayloadUnknown: payload(newImage),
  PayloadCorrupt: payload(newImage),
  PayloadUnsafe: payload(newImage),
  SlotTooSmall: payload('Build a smaller image, or give the node larger slots.'),
  VersionMismatch: payload('Let osversion and PRETTY_NAME of the image be the same text.'),
  NoAgent: payload('Build the image anew with os-agent and its return units in it.'),
  SlotNotFound: disk('Give the partitions of the slots their labels, or name them on the node.'),
  SlotRefused: on('rollback-impossible')('Upgrade to the wanted version instead.'),
  SlotChanged: on('rollback-impossible')(`The slot is written anew. ${again}`),
  BootedSlotNotGood: on('rollback-impossible')(
    'Reboot the node into its default, or confirm what runs at its console.',
  ),
  BootSectorFull: records('Remove the variables that others put into grubenv.'),
  ReadBackMismatch: disk(`See the disk of the node. ${again}`),
  StorageFull: records(`Make room on the node. ${again}`),
  StorageFailed: disk(`See the disk of the node. ${again}`),
  StateUnreadable: records(otherImage),
  BootFailed: bootFailed(otherImage),
  NotConfirmed: bootFailed(otherImage),
  TrialInterrupted: bootFailed(again),
  RebootFailed: bootFailed(again),
  SettingsRefused: settings('Mend the set and give it a new version.'),
  PlanOutdated: settings(again),
  ServiceFailed: settings('Read the journal on the node, mend the set and give it a new version.'),
  SettingsUnreadable: settings('Mend the file that the message names, then ask for a retry.'),
  Stale: operator(again),
  Busy: operator(again),
  ConfirmMismatch: bootFailed(again),
  AgentUnreachable: on('proxy-silent')(
    'See os-agent.socket on the node, and the group of os-proxy.',
  ),
  Conflict: operator(again),
  NotFound: operator(again),
  Forbidden: crdOutdated('Give the missing right; the message names it.'),
  ApiRejected: crdOutdated('See what the API server says, and which admission rule refuses it.'),
  ApiUnavailable: operator(again),
  ResourceExpired: operator(again),
  TooManyRequests: operator(again),
  NotLeading: operator(again),
  CommandFailed: payload(again),
  CommandTimeout: payload(again),
  InternalError: operator('Report it with the log of the part that the message is of.'),
};
