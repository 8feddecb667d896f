import type { Os } from '@kubeos/core';

import { webMinimum } from '../cluster/workload.ts';
import type { PlayedNode } from '../node/make-node.ts';
import type { BootRecord } from '../node/node-stand-in.ts';
import { DemoFailure } from './demo-failure.ts';
import type { Findings } from './differences.ts';
import { restingFindings, type RestingNode } from './node-findings.ts';
import type { OfferedImage, Stage } from './stage.ts';

/** The versions of the demo. */
export const versions = {
  first: 'KubeOS 1',
  second: 'KubeOS 2',
  broken: 'KubeOS 3',
  /** In no slot of any node. */
  unknown: 'KubeOS 0',
} as const;

const stepSeconds = 180;
/** Long enough for several passes of the operator. */
const nothingHappensSeconds = 5;
const attemptsOfATrial = 3;

const common = { maxunavailable: 1, timeinterval: 1, minReadySeconds: 1, evictpodforce: false };

function upgradeSpec(image: OfferedImage): Readonly<Record<string, unknown>> {
  return {
    ...common,
    opstype: 'upgrade',
    osversion: image.version,
    imagetype: 'disk',
    imageurl: image.url,
    checksum: image.sha256,
    cacert: 'ca.crt',
  };
}

function rollbackSpec(version: string): Readonly<Record<string, unknown>> {
  return { ...common, opstype: 'rollback', osversion: version };
}

/** Upgrade of the whole fleet, one node at a time, with the pods moved away first. */
export async function upgradeFleet(stage: Stage, image: OfferedImage): Promise<void> {
  const { observer } = stage.parts;
  const formerPods = new Set([...observer.pods.items()].map(({ uid }) => uid));
  await moveFleet(stage, upgradeSpec(image), {
    slot: 'B',
    versions: { A: versions.first, B: versions.second },
    states: { A: 'good', B: 'good' },
  });
  const stayed = [...observer.pods.items()].filter(({ uid }) => formerPods.has(uid)).length;
  stage.verify(
    'Deployment',
    { 'pods that were not moved': '0' },
    { 'pods that were not moved': String(stayed) },
  );
}

/** Rollback of the whole fleet to the other slot. */
export async function rollBackFleet(stage: Stage): Promise<void> {
  await moveFleet(stage, rollbackSpec(versions.first), {
    slot: 'A',
    versions: { A: versions.first, B: versions.second },
    states: { A: 'good', B: 'good' },
  });
}

async function moveFleet(
  stage: Stage,
  spec: Readonly<Record<string, unknown>>,
  goal: RestingNode,
): Promise<void> {
  const { observer, nodes } = stage.parts;
  const bootsBefore = bootCounts(nodes);
  observer.service.begin();
  const generation = await stage.applyOs(spec);
  await stage.until(stepSeconds, () => {
    const os = stage.os(generation);
    if (os?.status.updated !== nodes.length) return `not all nodes updated: ${messageOf(os)}`;
    return stage.hasOpenOperation() ? 'an operation is still open' : undefined;
  });
  await stage.verifyNodes((node) => restingFindings(node, goal));
  for (const node of nodes) {
    const boots = node.machine.boots.slice(bootsBefore.get(node.name)).map(bootText);
    stage.verify(node.name, { boots: `${goal.slot} trial system` }, { boots: boots.join(', ') });
  }
  verifyService(stage, '1');
  verifyOs(stage, generation, {
    updated: String(nodes.length),
    failed: '0',
    Ready: 'AllNodesUpdated',
  });
}

/** An image that does not come up: the first node gives it up by itself, and no other node is touched. */
export async function giveUpBroken(stage: Stage, image: OfferedImage): Promise<string> {
  const { observer, nodes } = stage.parts;
  const [first] = nodes;
  const bootsBefore = bootCounts(nodes);
  observer.service.begin();
  const generation = await stage.applyOs(upgradeSpec(image));
  await stage.until(stepSeconds, () => {
    const os = stage.os(generation);
    if (os?.status.failed !== 1) return `no node failed: ${messageOf(os)}`;
    return stage.hasOpenOperation() ? 'an operation is still open' : undefined;
  });
  // A fleet that has not stopped would go on with the next node now.
  await stage.sleep(nothingHappensSeconds * 1000);
  await stage.verifyNodes((node) => (node === first ? failedNode(node) : untouchedNode(node)));
  for (const node of nodes) {
    const attempts = Array.from({ length: attemptsOfATrial }, () => 'B trial kernel');
    const expected = node === first ? [...attempts, 'A good system'] : [];
    const boots = node.machine.boots.slice(bootsBefore.get(node.name)).map(bootText);
    stage.verify(node.name, { boots: expected.join(', ') }, { boots: boots.join(', ') });
  }
  verifyService(stage, '1');
  verifyOs(stage, generation, {
    updated: '0',
    failed: '1',
    Ready: 'MaxFailuresReached',
    Degraded: 'NodesFailed',
  });
  return messageOf(stage.os(generation));
}

function failedNode(node: PlayedNode): Findings {
  return {
    ...restingFindings(node, {
      slot: 'A',
      versions: { A: versions.first, B: versions.broken },
      states: { A: 'good', B: 'failed' },
    }),
    'last failure': 'BOOT_FAILED',
    'boot attempts used': String(attemptsOfATrial),
  };
}

/** What lies in its other slot is left open: the next in line prepares while the first one is at work. */
function untouchedNode(node: PlayedNode): Findings {
  const all = restingFindings(node, {
    slot: 'A',
    versions: { A: versions.first, B: '' },
    states: { A: 'good', B: 'empty' },
  });
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.includes('slot B')));
}

/** A rollback to a version that no node has: refused with its reason, and nothing moves. */
export async function refuseRollback(stage: Stage): Promise<string> {
  const { observer, nodes } = stage.parts;
  const bootsBefore = bootCounts(nodes);
  observer.service.begin();
  const generation = await stage.applyOs(rollbackSpec(versions.unknown));
  const refused = (): number =>
    stage.os(generation)?.status.waiting?.find(({ reason }) => reason === 'RollbackImpossible')
      ?.count ?? 0;
  await stage.until(stepSeconds, () =>
    refused() === nodes.length ? undefined : `not refused: ${messageOf(stage.os(generation))}`,
  );
  await stage.sleep(nothingHappensSeconds * 1000);
  await stage.verifyNodes(untouchedNode);
  for (const { name, machine } of nodes) {
    const boots = String(machine.boots.length);
    stage.verify(
      name,
      { 'number of boots': String(bootsBefore.get(name)) },
      { 'number of boots': boots },
    );
  }
  verifyService(stage, '0');
  verifyOs(stage, generation, { updated: '0', failed: '0', Ready: 'RollbackImpossible' });
  return messageOf(stage.os(generation));
}

function verifyService(stage: Stage, mostNodesOut: string): void {
  const { record } = stage.parts.observer.service;
  if (record === undefined) throw new DemoFailure(['The service was not watched']);
  stage.verify(
    'Nodes',
    { 'most out of service at once': mostNodesOut },
    { 'most out of service at once': String(record.mostNodesOut) },
  );
  if (record.fewestServing < webMinimum) {
    throw new DemoFailure([
      `Deployment: expected ${webMinimum} serving pods at any moment, found ${record.fewestServing}`,
    ]);
  }
}

function verifyOs(stage: Stage, generation: number, expected: Findings): void {
  const os = stage.os(generation);
  const reason = (type: string): string =>
    os?.status.conditions?.find((condition) => condition.type === type)?.reason ?? 'none';
  stage.verify('OS', expected, {
    updated: String(os?.status.updated),
    failed: String(os?.status.failed),
    Ready: reason('Ready'),
    Degraded: reason('Degraded'),
  });
}

function bootCounts(nodes: readonly PlayedNode[]): ReadonlyMap<string, number> {
  return new Map(nodes.map(({ name, machine }) => [name, machine.boots.length]));
}

function bootText({ slot, why, reached }: BootRecord): string {
  return `${slot ?? 'none'} ${why} ${reached}`;
}

function messageOf(os: Os | undefined): string {
  return os?.status.message ?? 'the operator has not looked at the object yet';
}
