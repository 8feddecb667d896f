/** The order of a rollout: canaries first, a pause between batches, one node at a time in serial mode. */
import {
  isSelected,
  nodeSelectorLabel,
  serialLabel,
  zoneLabel,
  type NodeView,
  type Operation,
  type Os,
  type OsInstance,
  type OsSpec,
  type PendingAdmission,
} from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';
import type { Failures } from './failures.ts';
import { slackMs } from './slack.ts';
import { Settled } from './settled.ts';
import type { ReportViolation } from './violation.ts';

/** What the checks look at. */
export interface RolloutOrderDeps {
  readonly server: ApiServer;
  readonly failures: Failures;
  readonly now: () => number;
  /** When an operator last was without its watch; now while one is. */
  readonly lastGapMs: () => number;
  readonly report: ReportViolation;
}

/** Checks the order at the moment each admission takes effect, by what is stored then and the virtual clock. */
export class RolloutOrder {
  private readonly deps: RolloutOrderDeps;
  private readonly settled: Settled;
  /** What decides who is selected and in which order, and since when it is so. */
  private line = { text: '', sinceMs: 0 };
  /** The last batch of each object: what its ticket says, and when that was written. */
  private readonly batches = new Map<string, { readonly saidMs: number; readonly atMs: number }>();

  constructor(deps: RolloutOrderDeps) {
    this.deps = deps;
    this.settled = new Settled(deps.server, deps.now);
    deps.server.watch(({ kind }) => {
      if (kind === 'node') this.noteLine();
    });
  }

  /** A new state of the ticket; `added` are the nodes that it admits. */
  ticketWritten(before: Os, after: Os, added: readonly PendingAdmission[]): void {
    const { spec } = before;
    if (spec === undefined) return;
    this.checkBatch(before, after, spec, added);
    if (added.length === 0) return;
    const names = added.map(({ node }) => node);
    this.checkCanaries(before, spec, names, 'admits');
    if (spec.executionMode === 'serial') this.checkSerial(before, added);
  }

  /** A new state of the operation of a node. */
  operationWritten(before: Operation | undefined, name: string, operation: Operation): void {
    const was = before?.seq === operation.seq ? before : undefined;
    if (operation.admitted === true && was?.admitted !== true) this.checkTicket(name, operation);
    if (operation.phase === 'Prepare' && was === undefined) this.checkTurn(name, operation);
  }

  private checkTicket(name: string, { osUid, seq }: Operation): void {
    const { server, report } = this.deps;
    const pending = server.oses.get(osUid)?.status.admission?.pending ?? [];
    if (pending.some((entry) => entry.node === name && entry.seq === seq)) return;
    report('AdmittedByTicket', `${name} is admitted and in no ticket`);
  }

  private checkTurn(name: string, { osUid, osGeneration }: Operation): void {
    const os = this.deps.server.oses.get(osUid);
    // An edit may have come after the decision.
    if (os?.spec === undefined || os.generation !== osGeneration) return;
    this.checkCanaries(os, os.spec, [name], 'prepares');
  }

  private noteLine(): void {
    const views = [...this.deps.server.nodes.values()].map(({ view }) => view);
    const text = views
      .map((view) => `${placeOf(view)} ${view.uid} ${view.labels[nodeSelectorLabel] ?? '-'}`)
      .join('\n');
    if (this.line.text !== text) this.line = { text, sinceMs: this.deps.now() };
  }

  /** The first nodes come before all others, and none after one of them that failed. */
  private checkCanaries(os: Os, spec: OsSpec, names: readonly string[], does: string): void {
    const { now, lastGapMs, failures, report } = this.deps;
    // With other nodes in line others were the first.
    if (now() - Math.max(this.line.sinceMs, lastGapMs()) <= slackMs) return;
    const line = this.selected(os).map(({ name }) => name);
    const canaries = line.slice(0, canaryCount(spec, line.length));
    const what = `${os.name} ${does} ${names.join(', ')}`;
    const failed = canaries.find((name) => failures.isCounted(name, os, spec));
    if (failed !== undefined) report('CanaryFirst', `${what} after canary ${failed} failed`);
    if (names.every((name) => canaries.includes(name))) return;
    const open = canaries.find((name) => !this.settled.wasSettled(name, spec));
    if (open !== undefined) report('CanaryFirst', `${what} before canary ${open} is given back`);
  }

  /**
   * Batches lie an interval apart by what tickets say, which is the wall clock of leaders, or by the virtual clock, since a
   * wall clock that stepped back holds nothing up. In parallel mode a ticket is a batch, in serial mode what has the label.
   */
  private checkBatch(
    before: Os,
    after: Os,
    spec: OsSpec,
    added: readonly PendingAdmission[],
  ): void {
    const { server, now, report } = this.deps;
    // An older CRD drops the time with the ticket.
    if (server.prunes) this.batches.delete(before.uid);
    const said = after.status.admission?.lastTime;
    const isBatch =
      before.status.admission?.lastTime !== said ||
      (added.length > 0 && spec.executionMode === 'parallel');
    if (said === undefined || !isBatch) return;
    const last = this.batches.get(before.uid);
    const batch = { saidMs: Date.parse(said), atMs: now() };
    this.batches.set(before.uid, batch);
    if (last === undefined) return;
    const apartMs = Math.max(batch.saidMs - last.saidMs, batch.atMs - last.atMs);
    if (apartMs >= spec.timeIntervalSeconds * 1000) return;
    const seconds = String(apartMs / 1000);
    report('BatchesApart', `${before.name} begins another batch after ${seconds} s`);
  }

  private checkSerial(os: Os, added: readonly PendingAdmission[]): void {
    const { server, report } = this.deps;
    const ticket = os.status.admission?.pending.map(({ node }) => node) ?? [];
    const working = new Set([...this.atWork(os.uid), ...ticket, ...added.map(({ node }) => node)]);
    if (working.size > 1) {
      report('OneAtATime', `${os.name} has ${[...working].join(', ')} at work in serial mode`);
    }
    for (const { node, nodeUid } of added) {
      const view = server.nodes.get(node)?.view;
      if (view?.uid !== nodeUid || Object.hasOwn(view.labels, serialLabel)) continue;
      report('OneAtATime', `${os.name} admits ${node}, which is in no batch`);
    }
  }

  /** Nodes with an operation that was admitted, or that applies settings which nobody notices. */
  private atWork(osUid: string): readonly string[] {
    const { server } = this.deps;
    return [...server.instances.values()]
      .filter(({ name, spec: { operation } }: OsInstance) => {
        if (operation?.osUid !== osUid) return false;
        if (server.nodes.get(name)?.view.uid !== operation.nodeUid) return false;
        return operation.admitted === true || operation.phase === 'After';
      })
      .map(({ name }) => name);
  }

  /** In the order of the line: zone, then name. */
  private selected(os: Os): readonly NodeView[] {
    return [...this.deps.server.nodes.values()]
      .map(({ view }) => view)
      .filter((view) => isSelected(os.selector, view))
      .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }
}

function placeOf({ name, labels }: NodeView): string {
  return `${labels[zoneLabel] ?? ''} ${name}`;
}

function canaryCount({ canary }: OsSpec, selected: number): number {
  return Math.max(
    'count' in canary ? canary.count : Math.ceil((selected * canary.percent) / 100),
    0,
  );
}
