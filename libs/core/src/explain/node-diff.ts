/** How nodes differ from what an `OS` wants. */
import type { AgentStatus } from '../api/agent-status.ts';
import type { Digest } from '../api/operation.ts';
import type { Os, OsSpec } from '../api/os.ts';
import { Fleet, type Member } from '../rollout/fleet.ts';
import { sourceOf } from './assess.ts';
import type { ObservedCluster } from './observed.ts';
import { settingChanges, type SettingChange } from './settings-changes.ts';

/** A value and what is wanted in its place. */
export interface Difference<T extends string = string> {
  /** Absent when nobody knows. */
  readonly from?: T;
  readonly to: T;
}

/** The differences of one node; empty when it is as wanted. */
export interface NodeDiff {
  readonly node: string;
  readonly version?: Difference;
  /** Of the image, where the version is the wanted one already: only a new version text brings it. */
  readonly digest?: Difference<Digest>;
  readonly settings: readonly SettingChange[];
  /** Why the settings are not in force, where no operation will bring them. */
  readonly settingsFault?: string;
}

/** Compares every node that the object selects. */
export function nodeDiffs(observed: ObservedCluster, os: Os): readonly NodeDiff[] {
  const fleet = new Fleet(sourceOf({ ...observed, oses: [os] }));
  const { spec } = os;
  if (spec === undefined) return [];
  return fleet
    .members(os.uid)
    .filter(({ selected }) => selected)
    .map((member) => diffOf(member, spec));
}

function diffOf({ name, facts, standing, settings }: Member, spec: OsSpec): NodeDiff {
  const { status } = facts.instance ?? {};
  const hasFault = settings?.reason === 'ContentDiffers' || settings?.reason === 'Drifted';
  return {
    node: name,
    ...versionDiff(status?.agent, spec),
    ...(standing.kind === 'updated' && standing.digestDiffers
      ? digestDiff(status?.agent, spec)
      : {}),
    settings: settingChanges(spec, status),
    ...(hasFault ? { settingsFault: settings.message } : {}),
  };
}

function versionDiff(agent: AgentStatus | undefined, { version: to }: OsSpec): Partial<NodeDiff> {
  return agent?.version === to ? {} : { version: { ...optional(agent?.version), to } };
}

function digestDiff(agent: AgentStatus | undefined, { payload }: OsSpec): Partial<NodeDiff> {
  const slot = agent?.bootedSlot === undefined ? undefined : agent.slots[agent.bootedSlot];
  if (payload === undefined) return {};
  return { digest: { ...optional(slot?.payloadDigest), to: payload.digest } };
}

function optional<T extends string>(from: T | undefined): { readonly from?: T } {
  return from === undefined ? {} : { from };
}

/** True when nothing differs. */
export function isAsWanted({ version, digest, settings, settingsFault }: NodeDiff): boolean {
  return (
    [version, digest, settingsFault].every((one) => one === undefined) && settings.length === 0
  );
}

/** Nodes with the same differences together, in the order of the first of each. */
export function groupDiffs(
  diffs: readonly NodeDiff[],
): readonly { readonly nodes: readonly string[]; readonly diff: NodeDiff }[] {
  const groups = new Map<string, { readonly nodes: string[]; readonly diff: NodeDiff }>();
  for (const diff of diffs) {
    const { node, ...rest } = diff;
    const text = JSON.stringify(rest);
    const known = groups.get(text);
    if (known === undefined) groups.set(text, { nodes: [node], diff });
    else known.nodes.push(node);
  }
  return [...groups.values()];
}
