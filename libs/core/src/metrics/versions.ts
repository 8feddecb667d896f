/** Versions as labels: what nodes report is any text, and every label value is a series of its own. */
import type { OsInstance } from '../api/os-instance.ts';

/** Nodes that have this version of a component. */
export interface VersionCount {
  readonly component: 'system' | 'agent' | 'proxy';
  readonly version: string;
  readonly nodes: number;
}

/** Most versions of a component that are told apart. */
const versionLimit = 20;
/** Most characters of a version. */
const textLimit = 64;

/** Counts the versions that nodes have reported. The most common are told apart, the rest is `other`. */
export function countVersions(instances: Iterable<OsInstance>): readonly VersionCount[] {
  const counts = {
    system: new Map<string, number>(),
    agent: new Map<string, number>(),
    proxy: new Map<string, number>(),
  };
  for (const { status } of instances) {
    add(counts.system, status.agent?.version);
    add(counts.agent, status.agent?.agentVersion);
    add(counts.proxy, status.proxyVersion);
  }
  return (['system', 'agent', 'proxy'] as const).flatMap((component) =>
    mostCommon(counts[component]).map(([version, nodes]) => ({ component, version, nodes })),
  );
}

function add(counts: Map<string, number>, version: string | undefined): void {
  if (version === undefined) return;
  const text = version.slice(0, textLimit);
  counts.set(text, (counts.get(text) ?? 0) + 1);
}

function mostCommon(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(versionLimit).reduce((sum, [, nodes]) => sum + nodes, 0);
  const told = sorted.slice(0, versionLimit);
  return rest === 0 ? told : [...told, ['other', rest]];
}
