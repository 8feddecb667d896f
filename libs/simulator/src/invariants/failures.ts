import {
  retryAnnotation,
  type HistoryEntry,
  type Os,
  type OsInstance,
  type OsSpec,
} from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';

/** An admission that was under way when a failure was written may still take effect for so long. */
const inFlightMs = 70_000;

/** Failures as they stand in the histories, with when each was first written. */
export class Failures {
  private readonly server: ApiServer;
  private readonly now: () => number;
  private readonly writtenMs = new Map<string, number>();

  constructor(server: ApiServer, now: () => number) {
    this.server = server;
    this.now = now;
  }

  /** To be called when an operator wrote an instance. */
  note({ name, spec }: OsInstance): void {
    for (const entry of spec.history?.entries ?? []) {
      const key = failureKey(name, entry);
      if (entry.counted && !this.writtenMs.has(key)) this.writtenMs.set(key, this.now());
    }
  }

  /** True when the node failed the target of the object so long ago that every admission must know. */
  isCounted(node: string, os: Os, spec: OsSpec): boolean {
    const entries = this.server.instances.get(node)?.spec.history?.entries ?? [];
    return entries.some(
      (entry) =>
        entry.counted &&
        isOfTarget(entry, os, spec) &&
        this.now() - (this.writtenMs.get(failureKey(node, entry)) ?? 0) > inFlightMs &&
        !this.mayRetry(node, entry),
    );
  }

  /** A person takes the failure out by asking for one more attempt. */
  private mayRetry(node: string, { type, digest, settings, consumedRetry }: HistoryEntry): boolean {
    const value = this.server.nodes.get(node)?.view.annotations[retryAnnotation];
    if (value === undefined || value === consumedRetry) return false;
    return value.split('#')[0] === (type === 'config' ? settings : digest);
  }
}

function isOfTarget(entry: HistoryEntry, os: Os, spec: OsSpec): boolean {
  const { osUid, type, version, digest, settings } = entry;
  if (osUid !== os.uid || type !== spec.type || version !== spec.version) return false;
  if (type === 'config') return settings === spec.sysconfigs?.version;
  const sets = [spec.upgradeconfigs, spec.sysconfigs].flatMap((set) => set?.version ?? []);
  if ((settings ?? '') !== sets.join(' ')) return false;
  return type === 'rollback' || digest === spec.payload?.digest;
}

function failureKey(node: string, { last }: HistoryEntry): string {
  return `${node}#${String(last?.seq ?? 0)}`;
}
