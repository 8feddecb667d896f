import {
  configuringLabel,
  cordonAnnotation,
  parseBootBlock,
  parseOsInstance,
  slotNames,
  upgradingLabel,
  type AgentStatus,
  type BootVars,
  type OsInstance,
  type SlotName,
  type SlotState,
} from '@kubeos/core';
import { readBytesIfThere } from '@kubeos/host';
import type { ApiClient } from '@kubeos/kube';
import * as z from 'zod/mini';

import { readSlotSystem } from '../node/boot-loader.ts';
import type { PlayedNode } from '../node/make-node.ts';
import type { Findings } from './differences.ts';
import { inSettings } from './node-settings.ts';

const workLabels: ReadonlySet<string> = new Set([upgradingLabel, configuringLabel]);

const nodeSchema = z.object({
  metadata: z.object({
    labels: z.optional(z.record(z.string(), z.string())),
    annotations: z.optional(z.record(z.string(), z.string())),
  }),
  spec: z.object({ unschedulable: z.optional(z.boolean()) }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })),
    capacity: z.object({ pods: z.string() }),
    nodeInfo: z.object({ bootID: z.string(), osImage: z.string() }),
  }),
});

/** Reads afresh what disk, machine and API server say about a node; each says it for itself. */
export async function findOnNode(node: PlayedNode, api: ApiClient): Promise<Findings> {
  return {
    ...(await onDisk(node)),
    ...(await inSettings(node.paths)),
    ...onMachine(node),
    ...(await inNodeObject(node, api)),
    ...inInstance(
      parseOsInstance(
        await get(
          api,
          `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${node.name}`,
        ),
      ),
    ),
  };
}

/** How a node must look when nothing is going on. */
export interface RestingNode {
  readonly slot: SlotName;
  readonly versions: Readonly<Record<SlotName, string>>;
  readonly states: Readonly<Record<SlotName, SlotState>>;
}

/** The same as findings, from the boot sector to the Node object. */
export function restingFindings(node: PlayedNode, resting: RestingNode): Findings {
  const { slot, versions, states } = resting;
  const { state } = node.machine;
  return {
    'default in the boot sector': slot,
    'order in the boot sector': slot,
    'boot attempts left': '0/0',
    'state of slot A': states.A,
    'state of slot B': states.B,
    'version on the disk in slot A': versions.A,
    'version on the disk in slot B': versions.B,
    'booted slot': slot,
    'running version': versions[slot],
    'Node condition Ready': 'True',
    cordon: 'none',
    'labels and annotations of work': 'none',
    'boot id of the Node': 'bootId' in state ? state.bootId : 'of a machine that is up',
    'osImage of the Node': versions[slot],
    'open operation': 'none',
    nodestatus: 'idle',
    'booted slot as reported': slot,
    'state of slot A as reported': states.A,
    'state of slot B as reported': states.B,
  };
}

async function onDisk({ disk, paths }: PlayedNode): Promise<Findings> {
  const parsed = parseBootBlock(await readBytesIfThere(paths.grubenv));
  const [a, b] = await Promise.all(slotNames.map((slot) => readSlotSystem(disk.slots[slot])));
  return {
    ...(parsed.kind === 'ok' ? inSector(parsed.vars) : { 'boot sector': parsed.kind }),
    'version on the disk in slot A': versionText(a?.osRelease, a?.version),
    'version on the disk in slot B': versionText(b?.osRelease, b?.version),
  };
}

function versionText(osRelease: string | undefined, version: string | undefined): string {
  return osRelease === undefined || osRelease === '' ? 'none' : (version ?? 'none');
}

function onMachine({ machine }: PlayedNode): Findings {
  const { state } = machine;
  return 'slot' in state
    ? { 'booted slot': state.slot, 'running version': state.version }
    : { 'booted slot': state.kind };
}

async function inNodeObject({ name }: PlayedNode, api: ApiClient): Promise<Findings> {
  const { metadata, spec, status } = nodeSchema.parse(await get(api, `/api/v1/nodes/${name}`));
  const marks = [
    ...Object.keys(metadata.labels ?? {}).filter((key) => workLabels.has(key)),
    ...Object.keys(metadata.annotations ?? {}).filter((key) => key === cordonAnnotation),
  ];
  return {
    'Node condition Ready':
      status.conditions.find(({ type }) => type === 'Ready')?.status ?? 'nothing',
    cordon: spec.unschedulable === true ? 'cordoned' : 'none',
    'labels and annotations of work': marks.length === 0 ? 'none' : marks.join(', '),
    'boot id of the Node': status.nodeInfo.bootID,
    'osImage of the Node': status.nodeInfo.osImage,
    'pods that the Node takes': status.capacity.pods,
  };
}

function inInstance({ spec, status }: OsInstance): Findings {
  const { operation } = spec;
  return {
    'open operation':
      operation === undefined ? 'none' : `${operation.type} in phase ${operation.phase}`,
    nodestatus: spec.nodestatus,
    ...Object.fromEntries(
      (status.conditions ?? []).map(({ type, reason }) => [`condition ${type}`, reason]),
    ),
    'set of settings': status.sysconfigs?.version ?? 'none',
    ...(status.agent === undefined ? {} : inReport(status.agent)),
  };
}

function inReport({ bootedSlot, slots, lastFailure }: AgentStatus): Findings {
  return {
    'booted slot as reported': bootedSlot ?? 'none',
    'state of slot A as reported': slots.A.state,
    'state of slot B as reported': slots.B.state,
    'last failure': lastFailure?.code ?? 'none',
    'boot attempts used': String(lastFailure?.evidence?.attemptsUsed ?? 'none'),
  };
}

function inSector({ good, order, left, slots }: BootVars): Findings {
  return {
    'default in the boot sector': good,
    'order in the boot sector': order.join(' '),
    'boot attempts left': `${left.A}/${left.B}`,
    'state of slot A': slots.A,
    'state of slot B': slots.B,
  };
}

async function get(api: ApiClient, path: string): Promise<unknown> {
  return api.request({ method: 'GET', path });
}
