/** The status as everybody else sees it. */
import type {
  AgentStatus,
  AgentWarning,
  OperationProgress,
  SettingsStatus,
  SlotStatus,
} from '../api/agent-status.ts';
import { slotNames, type SlotName } from '../api/operation.ts';
import type { AgentDeps } from './agent.ts';
import { hasUpstreamLoader, type World } from './world.ts';

/** What is not in the world but in this very agent process. */
export interface LiveFacts {
  /** Of the work going on, if any. */
  readonly progress?: { readonly seq: number; readonly progress: OperationProgress };
  readonly sizes: Readonly<Partial<Record<SlotName, number>>>;
  readonly settings: SettingsStatus;
  /** What went wrong with disk or PERSIST in this process. */
  readonly troubles: readonly AgentWarning[];
}

/** Version of the agent API. */
export const agentApiVersion = 'v1';

/** Puts the status together. Without `revision`, which says when it was published. */
export function statusOf(
  world: World,
  live: LiveFacts,
  deps: Pick<AgentDeps, 'agentVersion' | 'capabilities'>,
): Omit<AgentStatus, 'revision'> {
  const { facts, record } = world;
  const { operation } = record;
  const isAtWork = operation?.state === 'Running' && live.progress?.seq === operation.seq;
  const at = isAtWork ? live.progress.progress : undefined;
  return {
    apiVersion: agentApiVersion,
    agentVersion: deps.agentVersion,
    capabilities: deps.capabilities,
    bootId: facts.bootId,
    ...(facts.bootedSlot === undefined ? {} : { bootedSlot: facts.bootedSlot }),
    bootWhy: facts.why,
    version: facts.version,
    slots: { A: slotStatus(world, live, 'A'), B: slotStatus(world, live, 'B') },
    seq: record.seq,
    held: record.held,
    ...(operation === undefined
      ? {}
      : { operation: at === undefined ? operation : { ...operation, progress: at } }),
    ...(record.lastFailure === undefined ? {} : { lastFailure: record.lastFailure }),
    settings: live.settings,
    warnings: [...record.notes, ...standingWarnings(world), ...live.troubles],
  };
}

function slotStatus(world: World, live: LiveFacts, slot: SlotName): SlotStatus {
  const state = world.vars.slots[slot];
  const sizeBytes = live.sizes[slot];
  const size = sizeBytes === undefined ? {} : { sizeBytes };
  // Facts of a slot that is empty are of what was there before.
  if (state === 'empty') return { state, ...size };
  const { version, payloadDigest, slotDigest } = world.record.slots[slot];
  const known = slot === world.facts.bootedSlot ? world.facts.version : version;
  return {
    state,
    ...(known === undefined ? {} : { version: known }),
    ...(payloadDigest === undefined ? {} : { payloadDigest }),
    ...(slotDigest === undefined ? {} : { slotDigest }),
    ...size,
  };
}

function standingWarnings(world: World): readonly AgentWarning[] {
  const { facts, vars } = world;
  const warnings: AgentWarning[] = [];
  if (facts.bootedSlot === undefined) {
    const names = slotNames.join(' or ');
    warnings.push({ reason: 'ForeignBoot', message: `The running system is not slot ${names}` });
  } else if (facts.why !== 'trial' && !['good', 'trial'].includes(vars.slots[facts.bootedSlot])) {
    warnings.push({
      reason: 'ForeignBoot',
      message: `Slot ${facts.bootedSlot} runs although it is ${vars.slots[facts.bootedSlot]}`,
    });
  }
  if (facts.why === 'fallback') {
    warnings.push({
      reason: 'FellBack',
      message: 'The boot loader could not load the default slot and booted the other one',
    });
  }
  if (hasUpstreamLoader(world)) {
    warnings.push({
      reason: 'UpstreamBootEnv',
      message: 'The boot loader counts no attempts here: a candidate that does not boot stays',
    });
  }
  return warnings;
}
