import {
  cordonAnnotation,
  holdAnnotation,
  isSelected,
  operatorFieldManager,
  unavailableBudget,
  type NodeView,
  type Os,
  type OsInstance,
  type OsSpec,
  type PodView,
} from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';
import type { OperatorWatch } from '../cluster/operator-api.ts';
import type { NodeRecord } from '../cluster/records.ts';
import { isOnTrial } from '../node/machine.ts';
import type { SimNode } from '../node/sim-node.ts';
import { Failures } from './failures.ts';
import { RolloutOrder } from './rollout-order.ts';
import { slackMs } from './slack.ts';
import type { ReportViolation } from './violation.ts';
import { isWindowOpen } from './window.ts';

/** What the watch looks at. */
export interface ClusterWatchDeps {
  readonly server: ApiServer;
  readonly nodes: ReadonlyMap<string, SimNode>;
  readonly now: () => number;
  /** When an operator last was without its watch; now while one is. */
  readonly lastGapMs: () => number;
  readonly report: ReportViolation;
}

/** Most bytes of an `OS.status`. */
const statusLimitBytes = 32 * 1024;
/** Most entries of a ticket. */
const pendingLimit = 64;

interface BudgetMark {
  readonly atMs: number;
  readonly budget: number;
}

/** Checks the invariants of what operators write, at the moment each write takes effect. */
export class ClusterWatch implements OperatorWatch {
  private readonly deps: ClusterWatchDeps;
  /** Budgets of each `OS` over time, oldest first. */
  private readonly budgets = new Map<string, BudgetMark[]>();
  /** When each node was admitted the last time, by node. */
  private readonly admittedMs = new Map<string, number>();
  /** Since when each node that is out of service has been, with these labels. */
  private readonly outSince = new Map<string, { readonly atMs: number; readonly labels: object }>();
  /** Nodes that carried the hold annotation when they were cordoned. */
  private readonly heldAtCordon = new Set<string>();
  private readonly failures: Failures;
  private readonly order: RolloutOrder;

  constructor(deps: ClusterWatchDeps) {
    this.deps = deps;
    this.failures = new Failures(deps.server, deps.now);
    this.order = new RolloutOrder({ ...deps, failures: this.failures });
  }

  /** To be called when an `OS` or the labels of a node changed. */
  noteBudgets(): void {
    for (const os of this.deps.server.oses.values()) {
      if (os.spec === undefined) continue;
      const marks = this.budgets.get(os.uid) ?? [];
      const budget = unavailableBudget(os.spec.maxUnavailable, this.selectedNodes(os));
      if (marks.at(-1)?.budget !== budget) marks.push({ atMs: this.deps.now(), budget });
      this.budgets.set(os.uid, marks);
    }
  }

  /** To be called when a Node changed, whoever changed it; `view` is absent when it is gone. */
  noteNode(name: string, view: NodeView | undefined): void {
    if (view === undefined || (view.ready && !view.unschedulable)) {
      this.outSince.delete(name);
      return;
    }
    const { labels } = view;
    // With other labels it may be another object's.
    if (this.outSince.get(name)?.labels === labels) return;
    this.outSince.set(name, { atMs: this.deps.now(), labels });
  }

  nodeChanged(before: NodeRecord, after: NodeRecord): void {
    if (!before.view.unschedulable && after.view.unschedulable) this.checkCordon(after);
    if (before.view.unschedulable && !after.view.unschedulable) this.checkUncordon(before);
  }

  evicting(pod: PodView, node: string): void {
    if (this.heldAtCordon.has(node)) {
      this.deps.report('HoldKept', `${pod.name} is evicted from ${node}, which was on hold`);
    }
  }

  osStatusWritten(before: Os, after: Os, wallMs: number): void {
    const { report } = this.deps;
    const bytes = JSON.stringify(after.status).length;
    if (bytes > statusLimitBytes)
      report('BoundedStatus', `${after.name} has ${bytes} bytes of status`);
    const was = new Set(before.status.admission?.pending.map(entryText));
    const pending = after.status.admission?.pending ?? [];
    if (pending.length > pendingLimit) {
      report('BoundedStatus', `${after.name} has ${pending.length} pending admissions`);
    }
    const added = pending.filter((entry) => !was.has(entryText(entry)));
    this.order.ticketWritten(before, after, added);
    if (added.length === 0) return;
    for (const { node } of added) this.admittedMs.set(node, this.deps.now());
    this.checkAdmission(
      before,
      added.map(({ node }) => node),
      wallMs,
    );
  }

  instanceWritten(before: OsInstance | undefined, after: OsInstance, wallMs: number): void {
    this.failures.note(after);
    const operation = after.spec.operation;
    if (operation === undefined) return;
    this.order.operationWritten(before?.spec.operation, after.name, operation);
    if (before?.spec.operation?.seq === operation.seq) return;
    if (operation.phase !== 'Prepare') return;
    const os = this.deps.server.oses.get(operation.osUid);
    // An edit may have come after the decision.
    if (os?.spec === undefined || os.generation !== operation.osGeneration) return;
    this.checkWindow(os.spec, `${after.name} begins to prepare`, wallMs);
  }

  /** A new admission: pause and failures by the object it was written on, budget and window by the facts. */
  private checkAdmission(os: Os, added: readonly string[], wallMs: number): void {
    const { report } = this.deps;
    const { spec } = os;
    const what = `${os.name} admits ${added.join(', ')}`;
    if (spec === undefined) {
      report('InsideWindow', `${what} although its spec is not valid`);
      return;
    }
    if (spec.paused) report('InsideWindow', `${what} while it is paused`);
    this.checkWindow(spec, what, wallMs);
    const failed = this.countedFailures(os, spec);
    if (failed >= spec.maxFailures) {
      report('InsideWindow', `${what} after ${failed} failures of ${spec.maxFailures} allowed`);
    }
    // Settings that nobody notices take no node out of service.
    const noticed = added.filter((name) => !this.isUnnoticed(name));
    if (noticed.length === 0) return;
    const out = new Set([...this.nodesAtWork(os.uid), ...this.nodesLongOut(os), ...noticed]);
    const budget = this.budgetSince(os.uid, this.deps.now() - slackMs);
    if (out.size > budget) {
      report('WithinBudget', `${what}: ${[...out].join(', ')} out of service, budget ${budget}`);
    }
  }

  private isUnnoticed(name: string): boolean {
    const operation = this.deps.server.instances.get(name)?.spec.operation;
    return operation?.type === 'config' && operation.disruption === 'none';
  }

  /** The window by the wall clock of the operator that wrote. */
  private checkWindow(spec: OsSpec, what: string, wallMs: number): void {
    const { timeWindow } = spec;
    if (timeWindow === undefined) return;
    const moments = [wallMs, wallMs - slackMs / 2, wallMs - slackMs];
    if (moments.some((moment) => isWindowOpen(timeWindow, moment))) return;
    this.deps.report('InsideWindow', `${what} outside ${timeWindow.start} to ${timeWindow.end}`);
  }

  private checkCordon({ view }: NodeRecord): void {
    if (Object.hasOwn(view.annotations, holdAnnotation)) this.heldAtCordon.add(view.name);
    else this.heldAtCordon.delete(view.name);
    const osUid = view.annotations[cordonAnnotation]?.split('/')[0];
    if (osUid === undefined || !this.deps.server.oses.has(osUid)) return;
    const cordoned = this.nodesCordonedBy(osUid);
    const now = this.deps.now();
    const sinceMs = Math.min(...cordoned.map((name) => this.admittedMs.get(name) ?? now));
    const budget = this.budgetSince(osUid, sinceMs - slackMs);
    if (cordoned.length > budget) {
      const names = cordoned.join(', ');
      this.deps.report('WithinBudget', `${names} cordoned for ${osUid}, budget ${budget}`);
    }
  }

  private checkUncordon({ view, cordonedBy }: NodeRecord): void {
    const { report, nodes } = this.deps;
    this.heldAtCordon.delete(view.name);
    if (cordonedBy !== operatorFieldManager) {
      report('ForeignCordonKept', `${view.name} was cordoned by ${cordonedBy ?? 'nobody'}`);
    }
    const node = nodes.get(view.name);
    const session = node?.machine.session;
    if (node === undefined || session?.bootId !== view.bootId) return;
    if (isOnTrial(node.disk, session.slot)) {
      report('GivenBackWhole', `${view.name} is uncordoned while slot ${session.slot} is on trial`);
    }
  }

  private selectedNodes(os: Os): number {
    let count = 0;
    for (const { view } of this.deps.server.nodes.values()) {
      if (isSelected(os.selector, view)) count += 1;
    }
    return count;
  }

  private nodesAtWork(osUid: string): readonly string[] {
    return [...this.deps.server.instances.values()]
      .filter(({ name, spec: { operation } }) => {
        if (operation?.osUid !== osUid || operation.admitted !== true) return false;
        return this.deps.server.nodes.get(name)?.view.uid === operation.nodeUid;
      })
      .map(({ name }) => name);
  }

  /** Selected nodes that have been NotReady or cordoned for so long that every operator must have seen it. */
  private nodesLongOut(os: Os): readonly string[] {
    const { now, lastGapMs } = this.deps;
    return [...this.outSince]
      .filter(([name, { atMs }]) => {
        return now() - Math.max(atMs, lastGapMs()) > slackMs && this.isSelectedNow(os, name);
      })
      .map(([name]) => name);
  }

  private nodesCordonedBy(osUid: string): readonly string[] {
    return [...this.deps.server.nodes.values()]
      .filter(({ view }) => {
        const owner = view.annotations[cordonAnnotation];
        return view.unschedulable && owner?.split('/')[0] === osUid;
      })
      .map(({ view }) => view.name);
  }

  private countedFailures(os: Os, spec: OsSpec): number {
    return [...this.deps.server.instances.keys()].filter(
      (name) => this.failures.isCounted(name, os, spec) && this.isSelectedNow(os, name),
    ).length;
  }

  private isSelectedNow(os: Os, name: string): boolean {
    const record = this.deps.server.nodes.get(name);
    return record !== undefined && isSelected(os.selector, record.view);
  }

  /** The largest budget that was in force at any moment since then. */
  private budgetSince(osUid: string, sinceMs: number): number {
    const marks = this.budgets.get(osUid) ?? [];
    let largest = 0;
    marks.forEach((mark, index) => {
      const endMs = marks[index + 1]?.atMs ?? Infinity;
      if (endMs >= sinceMs) largest = Math.max(largest, mark.budget);
    });
    return largest;
  }
}

function entryText({ node, seq }: { readonly node: string; readonly seq: number }): string {
  return `${node}#${String(seq)}`;
}
