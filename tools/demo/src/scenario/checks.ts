import type { Os } from '@kubeos/core';

import { webMinimum } from '../cluster/workload.ts';
import type { PlayedNode } from '../node/make-node.ts';
import type { BootRecord } from '../node/node-stand-in.ts';
import { DemoFailure } from './demo-failure.ts';
import type { Findings } from './differences.ts';
import type { Stage } from './stage.ts';

/** Longest that a step may take, in seconds. */
export const stepSeconds = 180;
/** Long enough, in seconds, for several passes of the operator. */
export const nothingHappensSeconds = 5;
/** What the `OS` of every step says. */
export const common = {
  maxunavailable: 1,
  timeinterval: 1,
  minReadySeconds: 1,
  evictpodforce: false,
};

/** Waits until every node is as the `OS` of this generation wants it, with nothing left to be done. */
export async function awaitAllUpdated(stage: Stage, generation: number): Promise<void> {
  await stage.until(stepSeconds, () => {
    const os = stage.os(generation);
    if (os?.status.updated !== stage.parts.nodes.length) {
      return `not all nodes updated: ${messageOf(os)}`;
    }
    return stage.hasOpenOperation() ? 'an operation is still open' : undefined;
  });
}

/** Waits until one node has failed, and long enough to see that no other one follows it. */
export async function awaitStop(stage: Stage, generation: number): Promise<void> {
  await stage.until(stepSeconds, () => {
    const os = stage.os(generation);
    if (os?.status.failed !== 1) return `no node failed: ${messageOf(os)}`;
    return stage.hasOpenOperation() ? 'an operation is still open' : undefined;
  });
  // A fleet that has not stopped would go on with the next node now.
  await stage.sleep(nothingHappensSeconds * 1000);
}

/** The pods of the Deployment at this moment, by UID. */
export function podsNow({ parts }: Stage): ReadonlySet<string> {
  return new Set([...parts.observer.pods.items()].map(({ uid }) => uid));
}

/** Every pod that was there is gone, because its node was drained. */
export function verifyAllMoved(stage: Stage, former: ReadonlySet<string>): void {
  const stayed = [...podsNow(stage)].filter((uid) => former.has(uid)).length;
  stage.verify(
    'Deployment',
    { 'pods that were not moved': '0' },
    { 'pods that were not moved': String(stayed) },
  );
}

/** No node has booted since these counts were taken. */
export function verifyNoBoots(stage: Stage, before: ReadonlyMap<string, number>): void {
  for (const { name, machine } of stage.parts.nodes) {
    stage.verify(
      name,
      { 'number of boots': String(before.get(name)) },
      { 'number of boots': String(machine.boots.length) },
    );
  }
}

/** The most nodes that were out of service at once, and never too few pods. */
export function verifyService(stage: Stage, mostNodesOut: string): void {
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

/** What the `OS` counts and says, once the operator has looked at this generation. */
export function verifyOs(stage: Stage, generation: number, expected: Findings): void {
  const os = stage.os(generation);
  const reason = (type: string): string => stage.condition(generation, type)?.reason ?? 'none';
  stage.verify('OS', expected, {
    updated: String(os?.status.updated),
    failed: String(os?.status.failed),
    Ready: reason('Ready'),
    Degraded: reason('Degraded'),
    SettingsApplied: reason('SettingsApplied'),
  });
}

/** Boots of each node so far. */
export function bootCounts(nodes: readonly PlayedNode[]): ReadonlyMap<string, number> {
  return new Map(nodes.map(({ name, machine }) => [name, machine.boots.length]));
}

/** One boot as a person reads it. */
export function bootText({ slot, why, reached }: BootRecord): string {
  return `${slot ?? 'none'} ${why} ${reached}`;
}

/** What the `OS` waits for. */
export function messageOf(os: Os | undefined): string {
  return os?.status.message ?? 'the operator has not looked at the object yet';
}
