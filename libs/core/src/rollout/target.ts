/** What an `OS` wants of one node, and what that node has already been through for it. */
import { historyLimit } from '../api/operation.ts';
import type {
  Digest,
  HistoryEntry,
  OperationHistory,
  OperationType,
  SlotName,
} from '../api/operation.ts';
import { otherSlot } from '../api/operation.ts';
import type { AgentStatus } from '../api/agent-status.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os, OsSpec } from '../api/os.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import { settingsVersion } from '../lifecycle/settings-to-apply.ts';
import { carriedSettings } from './wanted-settings.ts';

/** Identity of a target: failures, attempts and retries are counted for it. */
export interface TargetKey {
  readonly osUid: string;
  readonly type: OperationType;
  readonly version: string;
  /** Payload digest of an upgrade, slot digest of a rollback where it is known. */
  readonly digest?: Digest;
  /** Versions of the sets of settings that it brings; absent where it brings none. */
  readonly settings?: string;
}

/** The target of an `OS` on a node; the instance tells the digest of a rollback's slot. */
export function targetOf(os: Os, instance: OsInstance | undefined): TargetKey | undefined {
  const { spec } = os;
  if (spec === undefined) return undefined;
  const settings = settingsOf(spec);
  const key: TargetKey = {
    osUid: os.uid,
    type: spec.type,
    version: spec.version,
    ...(settings === undefined ? {} : { settings }),
  };
  switch (spec.type) {
    case 'upgrade':
      return withDigest(key, spec.payload?.digest);
    case 'rollback':
      return withDigest(key, rollbackDigest(key, instance));
    case 'config':
      return key;
    default:
      return assertNever(spec.type);
  }
}

/** The name of what an object brings of settings: a mended set is another target. */
export function settingsOf(spec: OsSpec): string | undefined {
  if (spec.type === 'config') return settingsVersion(spec.sysconfigs);
  const { sysconfigs, upgradeconfigs } = carriedSettings(spec);
  const sets = [upgradeconfigs, sysconfigs].filter((set) => set !== undefined);
  return sets.length === 0 ? undefined : sets.map(settingsVersion).join(' ');
}

function withDigest(key: TargetKey, digest: Digest | undefined): TargetKey {
  return digest === undefined ? key : { ...key, digest };
}

/** In a trial the slot in question is the booted one: the operation knows better than the report. */
function rollbackDigest(key: TargetKey, instance: OsInstance | undefined): Digest | undefined {
  const operation = instance?.spec.operation;
  const isFor =
    operation?.osUid === key.osUid &&
    operation.type === 'rollback' &&
    operation.target.version === key.version;
  return isFor ? operation.target.slotDigest : idleSlot(instance?.status.agent)?.slotDigest;
}

/** The slot that is not booted, with what is known of it. */
export function idleSlot(
  agent: AgentStatus | undefined,
): (AgentStatus['slots'][SlotName] & { readonly name: SlotName }) | undefined {
  if (agent?.bootedSlot === undefined) return undefined;
  const name = otherSlot(agent.bootedSlot);
  return { name, ...agent.slots[name] };
}

function isSameTarget(entry: HistoryEntry, key: TargetKey): boolean {
  return (
    entry.osUid === key.osUid &&
    entry.type === key.type &&
    entry.version === key.version &&
    entry.settings === key.settings &&
    isSameDigest(entry, key)
  );
}

/** What failed does not start at zero because the slot was emptied since, or is not known. */
function isSameDigest(entry: HistoryEntry, key: TargetKey): boolean {
  if (entry.digest === key.digest) return true;
  const isUnknown = entry.digest === undefined || key.digest === undefined;
  return entry.type === 'rollback' && isUnknown;
}

/** What happened to this target on this node; an untried target starts at zero. */
export function historyOf(history: OperationHistory | undefined, key: TargetKey): HistoryEntry {
  const found = history?.entries.find((entry) => isSameTarget(entry, key));
  return found ?? { ...key, activates: 0, attempts: 0, counted: false };
}

/** The history with this entry in place of the older one of the same target, newest first, bounded. */
export function withEntry(
  history: OperationHistory | undefined,
  seq: number,
  entry: HistoryEntry,
): OperationHistory {
  const others = (history?.entries ?? []).filter((other) => !isSameTarget(other, entry));
  return {
    seq: Math.max(history?.seq ?? 0, seq),
    entries: [entry, ...others].slice(0, historyLimit),
  };
}
