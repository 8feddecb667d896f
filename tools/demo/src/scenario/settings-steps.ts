import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Condition } from '@kubeos/core';

import {
  factorySettings,
  kubeletConfigFile,
  parameterFile,
  sysctlFile,
} from '../node/factory-settings.ts';
import type { PlayedNode } from '../node/make-node.ts';
import {
  awaitAllUpdated,
  awaitStop,
  bootCounts,
  common,
  podsNow,
  stepSeconds,
  verifyAllMoved,
  verifyNoBoots,
  verifyOs,
  verifyService,
} from './checks.ts';
import { DemoFailure } from './demo-failure.ts';
import type { Findings } from './differences.ts';
import { restingFindings } from './node-findings.ts';
import { changesText } from './node-settings.ts';
import type { Stage } from './stage.ts';
import { versions } from './versions.ts';

/** A set that every node takes. */
const goodSet = {
  version: 'demo-1',
  configs: [
    { model: 'kernel.sysctl', contents: [{ key: 'vm.max_map_count', value: 262144 }] },
    { model: 'kernel.sysctl.persist', contents: [{ key: 'vm.max_map_count', value: 262144 }] },
    {
      model: 'kubernetes.kubelet',
      restart: true,
      contents: [
        { key: 'maxPods', value: 64 },
        { key: 'systemReserved.memory', value: '1Gi' },
      ],
    },
  ],
};

/** Every value is of the right type; but a kubelet also wants this one above imageGCLowThresholdPercent, which is 80. */
const badSet = {
  version: 'demo-2',
  configs: [
    { model: 'kernel.sysctl', contents: [{ key: 'vm.swappiness', value: 10 }] },
    { model: 'kernel.sysctl.persist', contents: [{ key: 'vm.swappiness', value: 10 }] },
    {
      model: 'kubernetes.kubelet',
      restart: true,
      contents: [{ key: 'imageGCHighThresholdPercent', value: 75 }],
    },
  ],
};

/** The lines that the good set changes, by file; all others stay byte for byte. */
const changes: Readonly<Record<string, readonly string[]>> = {
  [sysctlFile]: ['+ vm.max_map_count=262144'],
  [kubeletConfigFile]: [
    '- maxPods: 110 # enough for everybody',
    '+ maxPods: 64 # enough for everybody',
    '+   memory: 1Gi',
  ],
};

function configSpec(sysconfigs: object): Readonly<Record<string, unknown>> {
  return { ...common, opstype: 'config', osversion: versions.first, sysconfigs };
}

/** Settings for the whole fleet: the pods of one node after the other are moved away, and its kubelet is restarted. */
export async function configureFleet(stage: Stage): Promise<void> {
  const { observer, nodes } = stage.parts;
  const former = podsNow(stage);
  const bootsBefore = bootCounts(nodes);
  observer.service.begin();
  await applySet(stage, goodSet);
  await stage.verifyNodes((node) => ({
    ...configuredNode(node),
    'condition ConfigApplied': 'Applied',
  }));
  verifyAllMoved(stage, former);
  verifyNoBoots(stage, bootsBefore);
  verifyService(stage, '1');
  tellChanges(stage);
}

/** Applies a set and waits until every node has it. */
async function applySet(stage: Stage, set: object): Promise<number> {
  const generation = await stage.applyOs(configSpec(set));
  await awaitAllUpdated(stage, generation);
  await awaitSettings(stage, generation, 'Applied');
  verifyOs(stage, generation, {
    updated: String(stage.parts.nodes.length),
    failed: '0',
    Ready: 'AllNodesUpdated',
  });
  return generation;
}

/** What a node holds from the good set on, whatever becomes of it. */
export const heldSettings: Findings = {
  ...Object.fromEntries(
    Object.keys(factorySettings).map((path) => [
      `changes of ${path}`,
      changesText(changes[path] ?? []),
    ]),
  ),
  'vm.max_map_count in the kernel': '262144',
  'vm.swappiness in the kernel': '60',
  'pods that the Node takes': '64',
  'set of settings': goodSet.version,
};

function configuredNode(node: PlayedNode): Findings {
  return {
    ...restingFindings(node, {
      slot: 'A',
      versions: { A: versions.first, B: versions.second },
      states: { A: 'good', B: 'good' },
    }),
    ...heldSettings,
  };
}

/** What has changed on the first node, which stands for all of them. */
function tellChanges(stage: Stage): void {
  const [first] = stage.parts.nodes;
  if (first === undefined) return;
  for (const [path, lines] of Object.entries(changes)) {
    stage.say(`   ${first.name} /${path}:`);
    for (const line of lines) stage.say(`     ${line}`);
  }
  stage.say(`   ${first.name} in the kernel: vm.max_map_count=262144`);
  for (const type of ['ConfigApplied', 'RebootPending']) {
    stage.say(`   ${first.name} ${conditionText(stage.nodeCondition(first.name, type))}`);
  }
}

function conditionText(condition: Condition | undefined): string {
  const { type = '', status = '', reason = 'nothing', message = '' } = condition ?? {};
  return `${type} ${status} ${reason}${message === '' ? '' : `: ${message}`}`;
}

/** Settings that no kubelet takes: the first node goes back to the old ones by itself, and no other node is touched. */
export async function giveUpSettings(stage: Stage): Promise<string> {
  const { observer, nodes } = stage.parts;
  const [first] = nodes;
  const bootsBefore = bootCounts(nodes);
  observer.service.begin();
  const generation = await stage.applyOs(configSpec(badSet));
  await awaitStop(stage, generation);
  await stage.verifyNodes((node) => ({
    ...configuredNode(node),
    'last failure': node === first ? 'SERVICE_FAILED' : 'none',
  }));
  verifyNoBoots(stage, bootsBefore);
  verifyService(stage, '1');
  verifyOs(stage, generation, {
    updated: '0',
    failed: '1',
    Ready: 'MaxFailuresReached',
    Degraded: 'NodesFailed',
    SettingsApplied: 'Pending',
  });
  const failure = observer.stores.instances.get(first?.name ?? '')?.status.agent?.lastFailure;
  return failure?.message ?? 'none';
}

/** Somebody changes a node by hand: it is found, and forgotten once the node is as it was. */
export async function findDrift(stage: Stage): Promise<string> {
  const { observer, nodes } = stage.parts;
  const node = nodes[1];
  if (node === undefined) throw new DemoFailure(['There is no second node']);
  observer.service.begin();
  // All nodes have this set, so that nothing is to be done for it.
  const generation = await applySet(stage, goodSet);
  const file = join(node.paths.root, kubeletConfigFile);
  const text = await readFile(file, 'utf8');
  const parameter = join(node.paths.root, parameterFile('vm.max_map_count'));
  await writeFile(file, text.replace('maxPods: 64', 'maxPods: 250'));
  await writeFile(parameter, '65530\n');
  await runDriftPass(node);
  await awaitSettings(stage, generation, 'Drifted');
  await stage.verifyNodes((one) => ({
    ...configuredNode(one),
    ...(one === node ? driftedNode : {}),
  }));
  const told = stage.nodeCondition(node.name, 'ConfigApplied')?.message;
  await writeFile(file, text);
  await writeFile(parameter, '262144\n');
  await runDriftPass(node);
  await awaitSettings(stage, generation, 'Applied');
  await stage.verifyNodes(configuredNode);
  verifyService(stage, '0');
  return `${node.name}: ${told ?? 'none'}`;
}

/** It is only told: nobody asked for `drift: heal`. */
const driftedNode: Findings = {
  [`changes of ${kubeletConfigFile}`]: changesText([
    '- maxPods: 110 # enough for everybody',
    '+ maxPods: 250 # enough for everybody',
    '+   memory: 1Gi',
  ]),
  'vm.max_map_count in the kernel': '65530',
  'condition ConfigApplied': 'Drifted',
};

async function runDriftPass({ name, machine }: PlayedNode): Promise<void> {
  const status = await machine.runDriftPass();
  if (status !== 0) throw new DemoFailure([`${name}: os-agent drift ended with ${String(status)}`]);
}

/** Waits until the `OS` says this of its settings, and shows it. */
async function awaitSettings(stage: Stage, generation: number, reason: string): Promise<void> {
  await stage.until(stepSeconds, () => {
    const said = stage.condition(generation, 'SettingsApplied');
    if (said?.reason === reason) return undefined;
    return `SettingsApplied is not ${reason} but ${said?.reason ?? 'absent'}: ${said?.message ?? ''}`;
  });
  stage.say(`   ${conditionText(stage.condition(generation, 'SettingsApplied'))}`);
}
