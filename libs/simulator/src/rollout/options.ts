import type { OsSpec } from '@kubeos/core';
import type { BootReach, Delivery, Health } from '../node/images.ts';

/** A node of the fleet. */
export interface RolloutNode {
  readonly name: string;
  /** Label `topology.kubernetes.io/zone`; nodes take their turn by zone, then by name. */
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What is wrong with this node and the wanted version; absent: nothing. */
  readonly failure?: RolloutFailure;
}

/**
 * What the wanted version does on a node where it fails.
 *
 * - `doesNotBoot`: the kernel panics; the boot loader gives the version up after its attempts.
 * - `hangs`: the kernel stands still until a watchdog resets the machine.
 * - `agentFails`: the system starts, but its os-agent always fails.
 * - `neverReady`: os-agent runs, and the kubelet never gets Ready.
 * - `daemonSetsNeverReady`: the node gets Ready, and its DaemonSet pods never do.
 * - `downloadFails`: the connection breaks in every download.
 * - `downloadStalls`: the download stands still.
 * - `wrongBytes`: the download does not have the digest that was announced.
 *
 * The last three have no effect on a rollback, which downloads nothing.
 */
export type RolloutFailure =
  | 'doesNotBoot'
  | 'hangs'
  | 'agentFails'
  | 'neverReady'
  | 'daemonSetsNeverReady'
  | 'downloadFails'
  | 'downloadStalls'
  | 'wrongBytes';

/** A part of the fleet on which the wanted version fails. */
export interface FailingPart {
  /** From 0 to 1, rounded to whole nodes, at least one above 0. Which nodes is drawn by the seed. */
  readonly fraction: number;
  readonly kind: RolloutFailure;
}

/** Seconds: always the same, or drawn anew each time between two limits. */
export type Seconds = number | { readonly least: number; readonly most: number };

/** How long everything takes, in seconds. */
export interface RolloutDurations {
  /** The download of an image into the idle slot. Default 60. */
  readonly download: Seconds;
  /** Hashing a slot. Default 10. */
  readonly verify: Seconds;
  /** From the order to evict a pod until it is gone. Default 30, the grace period of Kubernetes. */
  readonly podShutdown: number;
  /** From the order to reboot until the machine is reset. Default 15. */
  readonly shutdown: Seconds;
  /** Firmware and boot loader. Default 20. */
  readonly bootLoader: Seconds;
  /** From the kernel until os-agent can run. Default 15. */
  readonly start: Seconds;
  /** From then until the Node is Ready. Default 15. */
  readonly ready: Seconds;
  /** From then until its DaemonSet pods are Ready. Default 10. */
  readonly daemonSets: Seconds;
  /** Until a watchdog resets a machine that panics or hangs. Default 60. */
  readonly watchdog: Seconds;
  /** One call of a program to the API server, the disk or another program. Default 0.02. */
  readonly call: Seconds;
  /** Until a change reaches those who watch. Default 0.05. */
  readonly watch: Seconds;
}

/** An `OS` object as admins write it; only `spec` is read. */
export interface OsManifest {
  readonly spec: object;
}

/** What is simulated. */
export interface RolloutOptions {
  /** The `OS` as admins write it, or its spec in the terms of `@kubeos/core`. Such a spec selects every node. */
  readonly os: OsManifest | OsSpec;
  /** The fleet, or its size; so many nodes carry the label that the `OS` asks for. */
  readonly nodes: number | readonly RolloutNode[];
  /** Zones over which a fleet that is given by its size is spread. Default 3. */
  readonly zones?: number;
  /** Where the wanted version fails. Default: nowhere. */
  readonly failures?: FailingPart | readonly FailingPart[];
  /** Defaults: see there. */
  readonly durations?: Partial<RolloutDurations>;
  /** Pods on every node that a drain has to move, without a disruption budget. Default 1. */
  readonly podsPerNode?: number;
  /** The same seed gives the same report. */
  readonly seed: number;
  /** When it begins, RFC 3339; what time windows need. Default `2026-01-05T12:00:00Z`, a Monday. */
  readonly startsAt?: string;
  /**
   * Seconds after which a rollout counts as not finishing when no node was updated or failed meanwhile. Default one day,
   * with a time window eight.
   */
  readonly patience?: number;
}

/** What an image is like that fails so. */
export interface Flaw {
  readonly image: { readonly reach?: BootReach; readonly health?: Health };
  readonly delivery: Delivery;
}

/** Every failure as the models of image and server know it. */
export const flaws: Readonly<Record<RolloutFailure, Flaw>> = {
  doesNotBoot: { image: { reach: 'panic' }, delivery: 'sound' },
  hangs: { image: { reach: 'hang' }, delivery: 'sound' },
  agentFails: { image: { reach: 'brokenAgent' }, delivery: 'sound' },
  neverReady: { image: { health: 'neverReady' }, delivery: 'sound' },
  daemonSetsNeverReady: { image: { health: 'daemonSetsNeverReady' }, delivery: 'sound' },
  downloadFails: { image: {}, delivery: 'breaks' },
  downloadStalls: { image: {}, delivery: 'stalls' },
  wrongBytes: { image: {}, delivery: 'otherBytes' },
};

/** What holds where nothing was said. */
export const defaultDurations: RolloutDurations = {
  download: 60,
  verify: 10,
  podShutdown: 30,
  shutdown: 15,
  bootLoader: 20,
  start: 15,
  ready: 15,
  daemonSets: 10,
  watchdog: 60,
  call: 0.02,
  watch: 0.05,
};
