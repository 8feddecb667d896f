import type { ErrorReason } from '../../errors/codes.ts';
import type { ConditionReasonName, EndingName, WaitName } from '../reasons.ts';
import { nothingToDo, on, type Advice } from './advice.ts';

const proxySilent = on('proxy-silent');
const records = on('records');
const settings = on('settings');
const waiting = on('waiting');

/** What ends the state that each condition tells. */
export const conditionAdvice: Readonly<
  Record<Exclude<ConditionReasonName, WaitName | EndingName | ErrorReason>, Advice>
> = {
  AllNodesUpdated: nothingToDo,
  NoNodes: waiting('Label nodes for the object, or change nodeselector.'),
  NodesNotUpdated: waiting('It passes by itself.'),
  NodesAtWork: nothingToDo,
  NothingToDo: nothingToDo,
  NodesFailed: on('max-failures')('See why: kubectl kubeos explain NODE.'),
  NoFailures: nothingToDo,
  NotPaused: nothingToDo,
  SameVersionOtherDigest: waiting(
    'Give the image a new version text if those nodes are to get it.',
  ),
  DigestsMatch: nothingToDo,
  Applied: nothingToDo,
  KeysRefused: settings('Mend or leave out the named keys and give the set a new version.'),
  ContentDiffers: settings('Give the set a new version, or apply it with opstype config.'),
  Drifted: settings('Put the value back, or apply a set that has it, or one with drift heal.'),
  Pending: settings('It passes by itself with the turn of the node, or with its next upgrade.'),
  ToBeMended: settings('Write what the message says.'),
  NoWarnings: nothingToDo,
  Admitted: nothingToDo,
  NoOperation: nothingToDo,
  Drained: nothingToDo,
  OtherVersion: nothingToDo,
  NoAgentStatus: proxySilent('See os-agent.socket on the node, and the group of os-proxy.'),
  SlotReady: nothingToDo,
  SlotEmpty: on('rollback-impossible')('The next upgrade fills the slot.'),
  SlotFailed: on('boot-failed')('Give the object another image or version, or ask for a retry.'),
  Armed: nothingToDo,
  SettingsPending: settings('Reboot the node when it suits.'),
  RestartPending: settings('Restart the named programs when it suits.'),
  NotArmed: nothingToDo,
  NoSettings: nothingToDo,
  NotReported: settings('Upgrade the node; its agent is of an older version.'),
  AsExpected: nothingToDo,
  UnknownProblem: proxySilent('Run the newest os-proxy on the node.'),
  BootEnvRebuilt: records('Nothing to do: the warning goes with the next operation.'),
  RecordsForeign: records('Nothing to do: the warning goes with the next operation.'),
  ForeignBoot: records('Reboot the node into its default, or confirm what runs at its console.'),
  PersistFull: records('Make room on PERSIST of the node.'),
  PersistFailed: records('See the disk of the node.'),
  UpstreamBootEnv: records(
    'Install the node with an image of this project for automatic fallback.',
  ),
  FellBack: records('Nothing to do: the other slot is the default now.'),
  SettingsStuck: settings(
    'Remove what the message names: a full disk, a folder that is read-only.',
  ),
};
