import type { PlayedNode } from '../node/make-node.ts';
import {
  awaitAllUpdated,
  awaitStop,
  bootCounts,
  bootText,
  common,
  messageOf,
  nothingHappensSeconds,
  podsNow,
  stepSeconds,
  verifyAllMoved,
  verifyNoBoots,
  verifyOs,
  verifyService,
} from './checks.ts';
import type { Findings } from './differences.ts';
import { restingFindings, type RestingNode } from './node-findings.ts';
import { heldSettings } from './settings-steps.ts';
import type { OfferedImage, Stage } from './stage.ts';
import { versions } from './versions.ts';

const attemptsOfATrial = 3;

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
  const former = podsNow(stage);
  await moveFleet(stage, upgradeSpec(image), {
    slot: 'B',
    versions: { A: versions.first, B: versions.second },
    states: { A: 'good', B: 'good' },
  });
  verifyAllMoved(stage, former);
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
  await awaitAllUpdated(stage, generation);
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
  await awaitStop(stage, generation);
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
    ...heldSettings,
  };
}

/** What lies in its other slot is left open: the next in line prepares while the first one is at work. */
function untouchedNode(node: PlayedNode): Findings {
  const all = restingFindings(node, {
    slot: 'A',
    versions: { A: versions.first, B: '' },
    states: { A: 'good', B: 'empty' },
  });
  const known = Object.entries(all).filter(([name]) => !name.includes('slot B'));
  return { ...Object.fromEntries(known), ...heldSettings };
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
  verifyNoBoots(stage, bootsBefore);
  verifyService(stage, '0');
  verifyOs(stage, generation, { updated: '0', failed: '0', Ready: 'RollbackImpossible' });
  return messageOf(stage.os(generation));
}
