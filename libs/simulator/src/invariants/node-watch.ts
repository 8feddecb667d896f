import {
  bootStep,
  parseBootBlock,
  parseSettingsState,
  type BootVars,
  type Operation,
  type SettingsState,
  type SlotName,
  type SlotState,
} from '@kubeos/core';
import { loadableImage, type Disk, type SlotMatter } from '../node/disk.ts';
import { knobHealth, knobIn, knobOf, kubeletPath, sysctlPath } from '../node/knob.ts';
import type { Session } from '../node/machine.ts';
import type { ReportViolation } from './violation.ts';

/** What the watch looks at. */
export interface NodeWatchDeps {
  readonly node: string;
  readonly disk: () => Disk;
  readonly session: () => Session | undefined;
  /** The open operation of the node. */
  readonly operation: () => Operation | undefined;
  /** True for a boot in which a person typed `confirm` at the console. */
  readonly isConfirmedByHand: (session: Session) => boolean;
  /** Why the cluster has not seen enough of this boot to confirm it; `undefined` when it has. */
  readonly whatIsMissing: (session: Session, minReadySeconds: number) => string | undefined;
  readonly report: ReportViolation;
}

/** Boots in a row that any candidate can use up. */
const longestChain = 8;

/** Checks the invariants of one node's disk and boots, at every write and every boot. */
export class NodeWatch {
  private readonly deps: NodeWatchDeps;

  constructor(deps: NodeWatchDeps) {
    this.deps = deps;
  }

  slotWritten(slot: SlotName): void {
    const { node, session, report } = this.deps;
    if (session()?.slot === slot) {
      report('BootedSlotUntouched', `${node} wrote slot ${slot} while it runs from it`);
    }
    this.checkBootable();
  }

  bootBlockWritten(before: Uint8Array | undefined, after: Uint8Array | undefined): void {
    const was = parseBootBlock(before);
    const is = parseBootBlock(after);
    if (was.kind === 'ok' && is.kind === 'ok') this.checkCommit(was.vars, is.vars);
    this.checkBootable();
  }

  /** Between two changes the files of the node belong together, and are those of the set that is said to hold. */
  settingsWritten(): void {
    const { node, disk, report } = this.deps;
    const text = disk().settingsState;
    const state = parseSettingsState(text, node);
    if (text === undefined || state.change !== undefined) return;
    const [sysctl, kubelet] = [sysctlPath, kubeletPath].map((path) => knobIn(disk().file(path)));
    if (sysctl !== kubelet) {
      report(
        'SettingsWhole',
        `${node} has ${String(sysctl)} in one file and ${String(kubelet)} in the other`,
      );
    }
    this.checkSet(state, kubelet);
  }

  private checkSet({ wanted, undo }: SettingsState, found: number | undefined): void {
    const { node, session, isConfirmedByHand, report } = this.deps;
    const value = knobOf(wanted.after?.set);
    if (value === undefined) return;
    const running = session();
    const version = wanted.after?.set.version ?? '';
    if (found !== value) {
      report('SettingsTrue', `${node} calls ${version} applied and has ${String(found)}`);
    } else if (undo === undefined && knobHealth(value) !== 'ready') {
      if (running !== undefined && isConfirmedByHand(running)) return;
      report('SettingsConfirmed', `${node} keeps ${version}, with which its kubelet does not work`);
    }
  }

  loaded(session: Session | undefined): void {
    const { node, disk, report } = this.deps;
    if (session === undefined) {
      report('AlwaysBootable', `${node}: the boot loader finds nothing to boot`);
      return;
    }
    if (session.why === 'manual') return;
    const matter = disk().slot(session.slot);
    if (!session.image.hasAgent) {
      report('VerifiedBeforeBoot', `${node} boots ${session.image.name}, which has no agent`);
    } else if (session.why === 'trial' && !isWhole(matter)) {
      report('VerifiedBeforeBoot', `${node} tries slot ${session.slot}, which is ${matter.kind}`);
    } else if (session.why === 'trial') this.checkVersion(session);
  }

  /** What is tried must be what was asked for, and not just call itself so. */
  private checkVersion({ image }: Session): void {
    const { node, operation, report } = this.deps;
    const open = operation();
    if (open?.phase !== 'Activate' || open.type === 'config') return;
    const { version } = open.target;
    if (image.version !== version) {
      report('VerifiedBeforeBoot', `${node} tries ${image.version} although ${version} is wanted`);
    }
  }

  /** A candidate that becomes good must be healthy: the cluster had every chance to see that it is not. */
  private checkCommit(was: BootVars, is: BootVars): void {
    const { node, session, report } = this.deps;
    for (const slot of ['A', 'B'] as const) {
      if (!isCommit(was.slots[slot], is.slots[slot])) continue;
      const running = session();
      if (running?.slot !== slot || !running.reached) {
        report('ConfirmedByCluster', `${node} confirms slot ${slot}, which does not run`);
      } else if (!this.isHealthy(running)) {
        const { name, health } = running.image;
        report('ConfirmedByCluster', `${node} confirms ${name}, whose health is ${health}`);
      } else this.checkPatience(running);
    }
  }

  /** Even a healthy candidate has to be seen for as long as was asked for, unless a person vouches for it. */
  private checkPatience(running: Session): void {
    const { node, operation, isConfirmedByHand, whatIsMissing, report } = this.deps;
    if (isConfirmedByHand(running)) return;
    // An operation whose Node was deleted is closed while the Confirm that it had asked for is on its way.
    const seconds = operation()?.parameters.minReadySeconds ?? 0;
    const missing = whatIsMissing(running, seconds);
    if (missing !== undefined) {
      report('ConfirmedByCluster', `${node} confirms ${running.image.name}, but ${missing}`);
    }
  }

  private isHealthy({ image }: Session): boolean {
    if (image.health === 'daemonSetsNeverReady') {
      return (this.deps.operation()?.excusedDaemonSetPods?.length ?? 0) > 0;
    }
    return image.health === 'ready';
  }

  /**
   * Follows the boot loader from here as if the power failed now, with and without a working `save_env`. Without it no
   * trial is booted, so a destroyed way back shows although the candidate works.
   */
  private checkBootable(): void {
    const { node, report } = this.deps;
    for (const saveOk of [true, false]) {
      const end = followBoots(this.deps.disk(), saveOk);
      if (end !== undefined) {
        report('AlwaysBootable', `${node}${saveOk ? '' : ' with a failing save_env'}: ${end}`);
      }
    }
  }
}

function isCommit(before: SlotState, after: SlotState): boolean {
  return before === 'trial' && after === 'good';
}

function isWhole(matter: SlotMatter): boolean {
  return matter.kind === 'image' && matter.flushed;
}

/** Why no boot would ever reach an agent; `undefined` when one does. */
function followBoots(disk: Disk, saveOk: boolean): string | undefined {
  const loadable = {
    A: loadableImage(disk.slot('A')) !== undefined,
    B: loadableImage(disk.slot('B')) !== undefined,
  };
  let block = disk.bootBlock;
  if (parseBootBlock(block).kind !== 'ok') {
    return loadable.A || loadable.B ? undefined : 'no slot can be loaded';
  }
  for (let boots = 0; boots < longestChain; boots += 1) {
    const step = bootStep(block, { saveOk, loadable });
    if (step.slot === undefined) return 'the boot loader would find nothing to boot';
    const matter = disk.slot(step.slot);
    if (matter.kind === 'image' && matter.image.reach === 'agent') return undefined;
    if (step.why === 'good') {
      const what = matter.kind === 'image' ? matter.image.name : matter.kind;
      return `the default slot ${step.slot} (${what}) reaches no agent`;
    }
    if (saveOk) block = step.block;
  }
  return 'the boot loader would try for ever';
}
