import { daemonSetPodsReady } from '../drain/index.ts';
import { freshReport } from '../rollout/standing.ts';
import type { WaitReason } from '../rollout/tally.ts';
import { claimNode, isInTrial } from './activate.ts';
import { awaitConfigured, configuringText, isConfigured } from './configured.ts';
import { keepsSlot } from './course.ts';
import type { PresentView } from './decide-operation.ts';
import { isAcknowledged } from './prepare.ts';
import { act, needPods, wait, type OperationDecision } from './view.ts';

/** Renewals of the node's Lease that prove a living kubelet in this boot, with its settings in place. */
export const neededRenewals = 2;
/** Longest pause in seconds between two looks while something must hold without a break. */
const lookAgainSeconds = 5;
/** The same while renewals are all that is missing: only a look sees one, and each is seen this much late. */
const leaseLookSeconds = 2;

/**
 * After and Confirm: the candidate, or the settings of a config, are committed only when the cluster agrees, on facts of
 * this very boot, for `minReadySeconds` without a break. Another boot in the trial starts the wait anew.
 */
export function decideConfirm(view: PresentView): OperationDecision {
  const { operation, node } = view;
  const claim = claimNode(view);
  if (claim !== undefined) return claim;
  if (isAskedFor(view)) {
    return wait('Confirming', `Waiting for the agent of ${node.name} to commit`);
  }
  // Without a slot on trial nothing but the result of the agent ties its report to the operation.
  if (keepsSlot(operation) && !isConfigured(view, operation)) {
    return awaitConfigured(view);
  }
  const missing = notInPlace(view) ?? notReady(view);
  if (missing !== undefined) return wait(missing.reason, missing.message, lookAgainSeconds);
  if (view.leaseRenewals < neededRenewals) {
    return wait(
      'LeaseNotRenewed',
      `The kubelet of ${node.name} has not renewed its Lease ${String(neededRenewals)} times yet`,
      leaseLookSeconds,
    );
  }
  if (view.pods === undefined) return needPods;
  const daemons = daemonSetPodsReady(view.pods, operation.excusedDaemonSetPods ?? []);
  if (!daemons.ready) return wait('DaemonSetsNotReady', daemons.message, lookAgainSeconds);
  const heldFor = view.since(`healthy:${String(operation.seq)}:${node.bootId}`);
  const { minReadySeconds } = operation.parameters;
  const left = minReadySeconds - heldFor;
  if (left > 0) {
    return wait(
      'MinReadySeconds',
      `${node.name} is healthy; confirming after ${String(minReadySeconds)} s of that`,
      Math.min(left, lookAgainSeconds),
    );
  }
  return act({
    type: 'writeOperation',
    operation: { ...operation, phase: 'Confirm', confirmBootId: node.bootId },
    why: `healthy for ${String(minReadySeconds)} s`,
  });
}

/** A reboot ends the trial of settings alone; that of a slot goes on. */
function isAskedFor({ operation, node }: PresentView): boolean {
  if (operation.phase !== 'Confirm') return false;
  return keepsSlot(operation) || operation.confirmBootId === node.bootId;
}

function notInPlace(view: PresentView): WaitReason | undefined {
  if (keepsSlot(view.operation)) return undefined;
  const missing = notThisBoot(view);
  if (missing !== undefined || isConfigured(view, view.operation)) return missing;
  return { reason: 'Configuring', message: configuringText(view) };
}

/** Facts that tie the report to this boot of this node and to the target. */
function notThisBoot(view: PresentView): WaitReason | undefined {
  const { operation, node } = view;
  const agent = freshReport(view);
  if (agent === undefined) {
    return { reason: 'Rebooting', message: `${node.name} has not reported since its boot` };
  }
  if (!isInTrial(view)) {
    return {
      reason: 'NotInTrial',
      message: `${node.name} does not run slot ${operation.target.slot ?? ''} on trial`,
    };
  }
  if (operation.phase === 'After' && !isAcknowledged(view)) {
    return { reason: 'ProxyPending', message: `Waiting for os-proxy on ${node.name}` };
  }
  const booted = agent.bootedSlot === undefined ? undefined : agent.slots[agent.bootedSlot];
  const { version, slotDigest } = operation.target;
  if (agent.version !== version || booted?.slotDigest !== slotDigest) {
    return {
      reason: 'TargetDiffers',
      message: `${node.name} runs ${agent.version}, not the verified ${version}`,
    };
  }
  return node.osImage === version
    ? undefined
    : {
        reason: 'OsImageDiffers',
        message: `The kubelet of ${node.name} still reports ${node.osImage}`,
      };
}

function notReady({ node }: PresentView): WaitReason | undefined {
  return node.ready ? undefined : { reason: 'NotReady', message: `${node.name} is not Ready` };
}
