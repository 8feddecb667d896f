import type { WaitName } from '../reasons.ts';
import { on, type Advice } from './advice.ts';

const bootFailed = on('boot-failed');
const crdOutdated = on('crd-outdated');
const drain = on('drain');
const maxFailures = on('max-failures');
const nodeLost = on('node-lost');
const proxySilent = on('proxy-silent');
const waiting = on('waiting');

const anotherAttempt =
  'Give the object another image or version, or ask for one more attempt: kubectl kubeos retry NODE.';

/** What ends each wait; a reason that is missing here does not compile. */
export const waitAdvice: Readonly<Record<WaitName, Advice>> = {
  InvalidSpec: waiting('Mend the field that the message names.'),
  Retiring: waiting(
    'It passes by itself: nodes are given back, then KubeOS goes. Install it again to go on.',
  ),
  Deleting: waiting('It passes by itself: what is open is finished, then the object goes.'),
  SelectorConflict: waiting(
    'Let each node be selected by one object only: change nodeselector of one of the two, or delete one.',
  ),
  CRDOutdated: crdOutdated('Apply the CRDs of the release of the operator.'),
  Paused: waiting('Go on with kubectl kubeos resume OS.'),
  MaxFailuresReached: maxFailures(
    'See why the named nodes failed: kubectl kubeos explain NODE. Then give the object another image, ask for a retry, or raise maxFailures.',
  ),
  CanaryFailed: maxFailures(
    'See why the canary failed: kubectl kubeos explain NODE. Then give the object another image, or ask for a retry.',
  ),
  CanaryPending: waiting('It passes by itself once all canaries are back in service.'),
  OutsideTimeWindow: waiting('It passes by itself when the window opens; or change timewindow.'),
  MaxUnavailableZero: waiting('Raise maxunavailable.'),
  BudgetSpent: waiting('It passes by itself when a node at work is back; or raise maxunavailable.'),
  BudgetSpentOnBrokenNodes: nodeLost(
    'Bring the named nodes back into service, or raise maxunavailable.',
  ),
  TimeInterval: waiting('It passes by itself after timeinterval.'),
  NotInBatch: waiting('It passes by itself when the batch before is through.'),
  Queued: waiting('It passes by itself when the nodes before it are through.'),
  BusyWithOther: waiting(
    'It passes by itself when the other object is done with the node; let only one object select it.',
  ),
  Unreadable: crdOutdated('Run the newest operator, or mend the member that the message names.'),
  NoProxy: proxySilent('See that a pod of os-proxy runs on the node and can reach the API server.'),
  NodeUnread: proxySilent('See what the log of os-proxy on the node says of its Node.'),
  ReportForeign: proxySilent('Restart os-proxy on the node: it still speaks of an older Node.'),
  ReportStale: proxySilent(
    'It passes by itself once os-proxy reports after the boot; else restart it.',
  ),
  UnownedTrial: on('records')('It passes by itself when the timer on the node ends the trial.'),
  Held: waiting(
    'Let the node go with kubectl kubeos unhold NODE; after a rollback at its console with os-agent release there.',
  ),
  InstanceDeleting: waiting('It passes by itself once the OSInstance is gone and made anew.'),
  NodeDeleting: waiting('It passes by itself when the Node is gone.'),
  NotSelected: waiting('Nothing to do unless the label or the selector is wrong.'),
  ForeignCordon: waiting('Uncordon the node if nobody needs that any more: kubectl uncordon NODE.'),
  NotReady: waiting('Bring the node back: see its kubelet and its conditions.'),
  AmbiguousDisk: on('disk')(
    'Take the second disk with the labels of the slots away, or name the right one on the node.',
  ),
  SettingsUnsupported: waiting(
    'Upgrade the node first, without settings in the object; its agent is of an older version.',
  ),
  VersionDiffers: waiting('Name the version that runs, or upgrade the node to the one named.'),
  ImageTypeUnsupported: waiting(
    'Upgrade the node with imagetype disk first; its agent is of an older version.',
  ),
  RollbackImpossible: on('rollback-impossible')(
    'Name the version that the other slot holds, or upgrade to the wanted one instead.',
  ),
  AttemptsExhausted: bootFailed(anotherAttempt),
  PodBlocksDrain: drain(
    'Delete the pod yourself if it may go, give it an owner, or set evictpodforce in the object.',
  ),
  EvictionBlocked: drain(
    'Bring the workload of the pod to health, give it another replica, or loosen its disruption budget.',
  ),
  LocalStorage: drain('Delete the pod yourself if its data may go, or set evictpodforce.'),
  Unmanaged: drain('Delete the pod yourself if it may go, or set evictpodforce.'),
  Preparing: on('payload')('It passes by itself when the image is in the slot.'),
  Prepared: waiting('It passes by itself when its turn comes.'),
  Configuring: on('settings')('It passes by itself when the agent is done.'),
  ProxyPending: proxySilent('It passes by itself; after two minutes the node is given back.'),
  Draining: drain('It passes by itself when the pods are gone, at latest at drainTimeoutSeconds.'),
  DrainSettling: drain('It passes by itself within seconds.'),
  ActivateRefused: on('rollback-impossible')('See what the agent says, and its journal.'),
  Rebooting: bootFailed('It passes by itself when the node is back from its reboot.'),
  NotInTrial: bootFailed('It passes by itself; else the node returns to its old slot.'),
  TargetDiffers: bootFailed('It passes by itself; else the node returns to its old slot.'),
  OsImageDiffers: bootFailed('See the kubelet of the node; else it returns to its old slot.'),
  LeaseNotRenewed: bootFailed('See the kubelet of the node; else it returns to its old slot.'),
  DaemonSetsNotReady: bootFailed(
    'See why the named pods are not Ready; at confirmTimeoutSeconds the node returns to its old slot.',
  ),
  MinReadySeconds: bootFailed('It passes by itself after minReadySeconds.'),
  Confirming: bootFailed('It passes by itself when the agent has answered.'),
  Cancelling: on('operator')('It passes by itself when the agent has stopped.'),
  GivingBack: nodeLost('It passes by itself when the node is Ready in a good slot.'),
};
