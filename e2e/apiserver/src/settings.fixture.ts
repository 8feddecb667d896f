/** Settings as an admin writes them, what a node holds of them, and what the cluster saw meanwhile. */
import { KubeosError, type Phase, type SettingsSet } from '@kubeos/core';
import type { FastNode } from './fast-node/fast-node.ts';
import { bootMenuPath, readNodeFile } from './fast-node/system-root.ts';
import { conditionOf, type GroupOptions, type Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

type Entry = NonNullable<SettingsSet['configs']>[number];

/** An entry of a set: one model with its keys and values. */
export function entry(
  model: string,
  values: Readonly<Record<string, unknown>>,
  more: {
    readonly configpath?: string;
    readonly restart?: boolean;
    readonly reboot?: 'ifNeeded';
  } = {},
): Entry {
  const contents = Object.entries(values).map(([key, value]) => ({ key, value }));
  return { model, ...more, contents };
}

/** Turns on the one node of a group, and waits until it is Ready. */
export async function addNode(
  scene: Scene,
  group: string,
  options: GroupOptions,
): Promise<FastNode> {
  const [node] = await scene.addNodes(group, 1, options);
  if (node === undefined) throw new KubeosError('BUG', `${group} has no node`);
  return node;
}

/** The kernel lines of slot A and slot B, without the kernel's own name. */
export async function kernelLines(node: FastNode): Promise<readonly string[]> {
  const menu = await readNodeFile(node.root, bootMenuPath);
  return [...menu.matchAll(/^ *linux \S+ (.*)$/gm)].map(([, line]) => line ?? '');
}

/** Waits until the condition `SettingsApplied` of an `OS` has this reason. */
export async function untilSettings(scene: Scene, os: string, reason: string): Promise<void> {
  await scene.untilOs(
    os,
    `settings to be ${reason}`,
    (status) => conditionOf(status, 'SettingsApplied')?.reason === reason,
  );
}

/** Waits until settings that restart or reboot are on trial. */
export async function untilConfigured(scene: Scene, node: string): Promise<void> {
  await until(`the settings of ${node} to be on trial`, () => {
    const { operation } = scene.instance(node)?.status.agent ?? {};
    return operation?.phase === 'After' && operation.result === 'Configured';
  });
}

/** Waits until the proxy reports the condition of its node with this reason. */
export async function untilReported(
  scene: Scene,
  node: string,
  type: string,
  reason: string,
): Promise<void> {
  await until(
    `${node}: ${type} to be ${reason}`,
    () => conditionOf(scene.instance(node)?.status, type)?.reason === reason,
    { instead: () => scene.instance(node)?.status },
  );
}

/** What a node went through from the moment it was looked at. */
export interface Course {
  /** The phases of its operations, in their order. */
  readonly phases: readonly Phase[];
  /** True when it was seen out of service. */
  readonly wasOut: boolean;
  /** Labels of ours that it carried. */
  readonly labels: ReadonlySet<string>;
}

/** Follows a node from now on. */
export function followCourse(scene: Scene, node: string): Course {
  const phases: Phase[] = [];
  const labels = new Set<string>();
  const course = { phases, labels, wasOut: false };
  scene.onChange(() => {
    const phase = scene.instance(node)?.spec.operation?.phase;
    if (phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
    const view = scene.node(node);
    if (view === undefined) return;
    course.wasOut ||= !view.ready || view.unschedulable;
    for (const label of ['configuring', 'upgrading']) {
      if (Object.hasOwn(view.labels, `upgrade.openeuler.org/${label}`)) labels.add(label);
    }
  });
  return course;
}
