import {
  KubeosError,
  type BootEnvironment,
  type BootFacts,
  type Clock,
  type Machine as MachinePort,
  type NodeLock,
  type PassTimer,
  type SettingsDeps,
  type SlotStore,
  type SnapshotFile,
  type StateFile,
} from '@kubeos/core';
import type { Actor } from '../engine/actor.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Disk } from './disk.ts';
import type { PayloadServer } from './images.ts';
import type { Machine, Session } from './machine.ts';
import { createNodeLock, type LockFile } from './node-lock.ts';
import { createSettingsPorts } from './settings-ports.ts';
import { createSlotStore } from './slot-store.ts';

/** What the ports of one agent process reach. */
export interface AgentPortsDeps {
  readonly actor: Actor;
  readonly node: string;
  readonly machine: Machine;
  readonly session: Session;
  readonly disk: Disk;
  readonly lockFile: LockFile;
  readonly publishLockFile: LockFile;
  readonly payloads: PayloadServer;
  readonly scheduler: Scheduler;
  readonly slotBytes: number;
  readonly transferMs: () => number;
  readonly digestMs: () => number;
  /** How far the node's wall clock is off. */
  readonly wallMs: () => number;
  readonly readPublished: () => string | undefined;
  readonly publish: (text: string) => void;
  readonly startTimer: () => void;
  readonly stopTimers: () => void;
  /** Starts a program anew; what speaks against it, or `undefined`. */
  readonly restart: (unit: string) => string | undefined;
  readonly restartIfRunning: (unit: string) => void;
}

/** Everything an agent process works with. */
export interface AgentPorts {
  readonly env: BootEnvironment;
  readonly state: StateFile;
  readonly snapshot: SnapshotFile;
  readonly machine: MachinePort;
  readonly timer: PassTimer;
  readonly slots: SlotStore;
  readonly settings: SettingsDeps;
  readonly lock: NodeLock;
  readonly publishLock: NodeLock;
  readonly clock: Clock;
}

/** Builds the ports of one agent process. Every call is one step of the simulation, and one place to fail. */
export function createAgentPorts(deps: AgentPortsDeps): AgentPorts {
  const { actor, disk, lockFile, payloads, scheduler } = deps;
  return {
    env: {
      read: () => actor.call('bootenv.read', () => disk.bootBlock?.slice()),
      writeSector: (sector) =>
        actor.call('bootenv.writeSector', () => {
          if (disk.bootBlock === undefined) {
            throw new KubeosError('STORAGE_FAILED', 'Writing the boot sector: there is no file');
          }
          disk.writeBootSector(sector);
        }),
      replace: (block) => actor.call('bootenv.replace', () => disk.replaceBootBlock(block.slice())),
    },
    state: {
      read: () => actor.call('state.read', () => disk.stateFile),
      write: (text) =>
        actor.call('state.write', () => {
          if (disk.persistFull)
            throw new KubeosError('STORAGE_FULL', 'Writing PERSIST: it is full');
          disk.replaceStateFile(text);
        }),
    },
    snapshot: {
      read: () => actor.call('snapshot.read', deps.readPublished),
      publish: (text) => actor.call('snapshot', () => deps.publish(text)),
    },
    machine: createMachinePort(deps),
    timer: {
      start: () => actor.call('timer.start', deps.startTimer),
      stop: () => actor.call('timer.stop', deps.stopTimers),
    },
    slots: createSlotStore({ ...deps, server: payloads }),
    settings: createSettingsPorts(deps),
    lock: createNodeLock(actor, lockFile),
    publishLock: createNodeLock(actor, deps.publishLockFile, 'snapshot.lock'),
    clock: {
      now: () => ({ wallMs: deps.wallMs(), monotonicMs: scheduler.now }),
      sleep: (milliseconds, signal) => actor.sleep(milliseconds, signal),
    },
  };
}

function createMachinePort(deps: AgentPortsDeps): MachinePort {
  const { actor, node, machine, session, scheduler } = deps;
  const facts: BootFacts = {
    bootId: session.bootId,
    bootedSlot: session.slot,
    why: session.why,
    version: session.image.version,
    machineId: node,
  };
  return {
    facts: () => actor.call('machine.facts', () => facts),
    uptimeSeconds: () =>
      actor.call('machine.uptime', () => (scheduler.now - session.startedMs) / 1000),
    reboot: () => actor.call('machine.reboot', () => machine.orderReboot('agent')),
    isRebooting: () => actor.call('machine.isRebooting', () => session.rebooting),
    previousJournalTail: () => actor.call('machine.journal', () => 'The last lines of the journal'),
  };
}
