/**
 * A rollout foreseen: the decisions of the operator, one after the other, on a fleet whose operations all succeed and take
 * as long as is assumed. Which nodes, in which order, in which batches, and what stays behind.
 */
import type { Os, OsSpec } from '../api/os.ts';
import { adviceFor, type Advice } from '../conditions/index.ts';
import { evictionFeasibility, planDrain } from '../drain/index.ts';
import { isUnnoticed } from '../lifecycle/course.ts';
import { operationOf, type Candidate } from '../rollout/tally.ts';
import type { WaitReason } from '../rollout/waiting.ts';
import { windowState } from '../rollout/window.ts';
import { assessOs, type OsAssessment } from './assess.ts';
import { worstDisruption } from './disruption.ts';
import { ForecastFleet } from './forecast-fleet.ts';
import type { ObservedCluster } from './observed.ts';

/** How long steps take, in seconds. */
export interface StepSeconds {
  /** The download of an image into the idle slot. */
  readonly download: number;
  /** Reading it back. */
  readonly verify: number;
  /** Until the pods of a node are gone. */
  readonly drain: number;
  /** From the order to reboot until the Node is Ready. */
  readonly reboot: number;
}

/** What holds where nothing else is said. */
export const assumedStepSeconds: StepSeconds = { download: 60, verify: 10, drain: 30, reboot: 65 };

/** A node in its turn; times in seconds from now. */
export interface ForecastNode {
  readonly node: string;
  readonly zone: string;
  /** From 1. Nodes at work already are in batch 0. */
  readonly batch: number;
  readonly startsSeconds: number;
  readonly endsSeconds: number;
  /** Pods that are evicted. */
  readonly evictions: number;
  readonly reboots: boolean;
}

/** A node that is not reached. */
export interface BlockedNode extends WaitReason, Advice {
  readonly node: string;
}

/** What would happen. */
export interface RolloutForecast {
  /** In the order in which they are taken out of service, or get their settings. */
  readonly nodes: readonly ForecastNode[];
  readonly batches: number;
  readonly asWanted: readonly string[];
  readonly blocked: readonly BlockedNode[];
  /** Most nodes that may be out of service at once. */
  readonly budget: number;
  readonly reboots: number;
  readonly evictions: number;
  readonly durationSeconds: number;
  /** `spec.paused` is set: all of this begins when it is resumed. */
  readonly isPaused: boolean;
  /** When the window that it has to wait for opens, in seconds from now. */
  readonly waitsForWindowSeconds: number;
}

/** Foresees the rollout of an object that takes the place of the one with its UID. Times count from `observed.wallMs`. */
export function forecastRollout(
  observed: ObservedCluster,
  os: Os,
  assumed: StepSeconds = assumedStepSeconds,
): RolloutForecast {
  return new Forecast(observed, os, assumed).run();
}

/** Seconds in which an empty node is looked at once more, and in which the kubelet renews its Lease twice. */
const settleSeconds = 5;
const leaseSeconds = 20;
const settingsSeconds = 5;
/** A window opens within a week, but for one that is over. */
const longestClosedMinutes = 8 * 24 * 60;

interface Due {
  readonly atSeconds: number;
  readonly node: string;
  readonly what: 'prepared' | 'finished';
}

class Forecast {
  readonly #observed: ObservedCluster;
  readonly #fleet: ForecastFleet;
  readonly #assumed: StepSeconds;
  readonly #isPaused: boolean;
  readonly #passedOver = new Map<string, WaitReason>();
  readonly #nodes: ForecastNode[] = [];
  #due: Due[] = [];
  #seconds = 0;
  #batches = 0;
  #waitsForWindowSeconds = 0;

  constructor(observed: ObservedCluster, os: Os, assumed: StepSeconds) {
    this.#observed = observed;
    this.#assumed = assumed;
    this.#isPaused = os.spec?.paused === true;
    const { spec, ...rest } = os;
    this.#fleet = new ForecastFleet(observed, {
      ...rest,
      ...(spec === undefined ? {} : { spec: { ...spec, paused: false } }),
    });
  }

  run(): RolloutForecast {
    this.#goOnWithOpen();
    let assessment = this.#assess();
    const asWanted = namesOf(assessment, 'updated');
    while (this.#step(assessment)) assessment = this.#assess();
    return this.#result(assessment, asWanted);
  }

  #assess(): OsAssessment {
    const { operatorZone, servedSchemaRevision, wallMs } = this.#observed;
    return assessOs(this.#fleet.os, this.#fleet.members(), {
      wallMs: wallMs + this.#seconds * 1000,
      operatorZone,
      servedSchemaRevision,
      passedOver: (node) => this.#passedOver.get(node),
      instanceOf: this.#fleet.instances,
    });
  }

  /** What is at work already goes on by itself. */
  #goOnWithOpen(): void {
    for (const member of this.#fleet.members()) {
      const operation = operationOf(member);
      if (operation === undefined || member.standing.kind !== 'open') continue;
      if (operation.phase === 'Prepare') this.#beginPrepare(member.name);
      else this.#beginWork(member.name, member.zone, 0);
    }
  }

  /** Does the next thing, or lets time pass until there is one; false when there is none. */
  #step({ plan, os }: OsAssessment): boolean {
    const time = new Date(this.#observed.wallMs + this.#seconds * 1000).toISOString();
    for (const { name } of plan.batch.remove) this.#fleet.setInBatch(name, false);
    for (const { name } of plan.batch.add) this.#fleet.setInBatch(name, true);
    if (plan.batch.add.length > 0) this.#fleet.noteBatch(time);
    for (const candidate of plan.prepare) {
      this.#fleet.open(candidate);
      this.#beginPrepare(candidate.member.name);
    }
    const admitted = this.#admit(plan.admit, os, time);
    const changed = plan.batch.add.length + plan.batch.remove.length + plan.prepare.length;
    if (changed > 0 || admitted) return true;
    return this.#letTimePass(plan.requeue, plan.gate, os.spec);
  }

  #admit(
    { count, candidates, unnoticed }: OsAssessment['plan']['admit'],
    os: Os,
    time: string,
  ): boolean {
    const known = this.#passedOver.size;
    const able = candidates.filter((candidate) => count > 0 && this.#canLeave(candidate, os));
    const chosen = [...unnoticed, ...able.slice(0, count)];
    if (chosen.length > 0) {
      this.#batches += 1;
      if (os.spec?.executionMode !== 'serial') this.#fleet.noteBatch(time);
    }
    for (const candidate of chosen) this.#take(candidate, unnoticed.includes(candidate));
    return chosen.length > 0 || this.#passedOver.size > known;
  }

  #take(candidate: Candidate, isFree: boolean): void {
    const { name, zone } = candidate.member;
    // A rollback has no Prepare: its operation is opened when it is admitted.
    if (operationOf(candidate.member) === undefined) {
      this.#fleet.open(candidate);
      this.#fleet.prepare(name);
    }
    this.#fleet.admit(name, isFree);
    this.#beginWork(name, zone, this.#batches);
  }

  #canLeave({ member }: Candidate, { spec }: Os): boolean {
    const { name } = member;
    if (this.#passedOver.has(name)) return false;
    const plan = this.#drainOf(name, spec);
    const answer = evictionFeasibility(plan, this.#observed.budgets);
    if (answer.feasible) return true;
    this.#passedOver.set(name, { reason: answer.reason, message: answer.message });
    return false;
  }

  #drainOf(node: string, spec: OsSpec | undefined): ReturnType<typeof planDrain> {
    const { pods, isSpared } = this.#observed;
    return planDrain(pods.get(node) ?? [], { force: spec?.force ?? false, isSpared });
  }

  #beginPrepare(node: string): void {
    const { download, verify } = this.#assumed;
    const seconds = this.#fleet.os.spec?.type === 'config' ? settingsSeconds : download + verify;
    this.#due.push({ atSeconds: this.#seconds + seconds, node, what: 'prepared' });
  }

  #beginWork(node: string, zone: string, batch: number): void {
    const { spec } = this.#fleet.os;
    const operation = this.#fleet.instances.get(node)?.spec.operation;
    const isFree = operation !== undefined && isUnnoticed(operation);
    const evictions = isFree ? 0 : this.#drainOf(node, spec).evict.length;
    const reboots = spec?.type === 'config' ? worstDisruption(spec) === 'reboot' : true;
    const endsSeconds = this.#seconds + this.#workSeconds(evictions, reboots, isFree);
    this.#nodes.push({
      ...{ node, zone, batch, startsSeconds: this.#seconds, endsSeconds, evictions, reboots },
    });
    this.#due.push({ atSeconds: endsSeconds, node, what: 'finished' });
  }

  #workSeconds(evictions: number, reboots: boolean, isFree: boolean): number {
    if (isFree) return settingsSeconds;
    const { drain, reboot } = this.#assumed;
    const minReady = this.#fleet.os.spec?.minReadySeconds ?? 0;
    const leaving = evictions === 0 ? 0 : drain;
    return leaving + settleSeconds + (reboots ? reboot : 0) + leaseSeconds + minReady;
  }

  #letTimePass(
    requeue: OsAssessment['plan']['requeue'],
    gate: WaitReason | undefined,
    spec: OsSpec | undefined,
  ): boolean {
    const next = Math.min(...this.#due.map(({ atSeconds }) => atSeconds));
    if (gate?.reason === 'OutsideTimeWindow' && next === Infinity) return this.#waitForWindow(spec);
    const isTimed = requeue.kind === 'after' && gate?.reason !== 'OutsideTimeWindow';
    const timed = isTimed && this.#isWorthIt(gate) ? this.#seconds + requeue.seconds : Infinity;
    const until = Math.min(next, timed);
    if (until === Infinity) return false;
    // A moment that is not a whole millisecond away would come again and again.
    this.#seconds = Math.max(until, this.#seconds + 0.001);
    const due = this.#due.filter(({ atSeconds }) => atSeconds <= this.#seconds);
    this.#due = this.#due.filter((one) => !due.includes(one));
    for (const { node, what } of due) {
      if (what === 'prepared') this.#fleet.prepare(node);
      else this.#fleet.finish(node);
    }
    return true;
  }

  /** The pause of a node ends, or the interval between two batches; an open window alone brings nothing. */
  #isWorthIt(gate: WaitReason | undefined): boolean {
    return gate?.reason === 'TimeInterval' || this.#fleet.os.spec?.timeWindow === undefined;
  }

  #waitForWindow(spec: OsSpec | undefined): boolean {
    const { wallMs, operatorZone } = this.#observed;
    if (spec?.timeWindow === undefined) return false;
    for (let minute = 1; minute <= longestClosedMinutes; minute += 1) {
      const seconds = this.#seconds + minute * 60;
      if (!windowState(spec.timeWindow, wallMs + seconds * 1000, operatorZone).open) continue;
      if (this.#nodes.length === 0) this.#waitsForWindowSeconds = seconds;
      this.#seconds = seconds;
      return true;
    }
    return false;
  }

  #result({ waits, plan }: OsAssessment, asWanted: readonly string[]): RolloutForecast {
    const blocked = [...waits].map(([node, wait]) => ({
      node,
      ...wait,
      ...adviceFor(wait.reason),
    }));
    return {
      nodes: this.#nodes,
      batches: this.#batches,
      asWanted,
      blocked,
      budget: plan.budget,
      reboots: this.#nodes.filter(({ reboots }) => reboots).length,
      evictions: this.#nodes.reduce((sum, { evictions }) => sum + evictions, 0),
      durationSeconds: Math.ceil(Math.max(0, ...this.#nodes.map(({ endsSeconds }) => endsSeconds))),
      isPaused: this.#isPaused,
      waitsForWindowSeconds: this.#waitsForWindowSeconds,
    };
  }
}

function namesOf({ input }: OsAssessment, kind: 'updated'): readonly string[] {
  return input.members.filter(({ standing }) => standing.kind === kind).map(({ name }) => name);
}
