import { KubeosError, type SettingsDeps } from '@kubeos/core';
import * as planner from '@kubeos/core/settings';
import type { Actor } from '../engine/actor.ts';
import type { Disk } from './disk.ts';
import { bootMenuPath } from './knob.ts';
import type { Session } from './machine.ts';

/** What the settings of one agent process are made of. */
export interface SettingsPortsDeps {
  readonly actor: Actor;
  readonly disk: Disk;
  readonly session: Session;
  /** Starts a program anew; what speaks against it, or `undefined`. */
  readonly restart: (unit: string) => string | undefined;
  readonly restartIfRunning: (unit: string) => void;
}

/**
 * The settings of a node: files on its disk, parameters of its kernel, and programs. Writes are steps of the simulation;
 * looking takes no time, because every call of an agent does so.
 */
export function createSettingsPorts(deps: SettingsPortsDeps): SettingsDeps {
  const { actor, disk, session, restart, restartIfRunning } = deps;
  return {
    state: {
      read: async () => disk.settingsState,
      write: (text) =>
        actor.call('settings.write', () => {
          requireRoom(disk);
          disk.replaceSettingsState(text);
        }),
    },
    files: {
      read: async (path) => disk.file(path),
      writeAll: async (files) => {
        for (const { path, text } of files) {
          await actor.call(`file.write ${path}`, () => disk.replaceFile(path, text));
        }
      },
      readKernel: async (path) => session.kernel.get(path),
      writeKernel: (path, value) =>
        actor.call(`kernel.write ${path}`, () => {
          if (!session.kernel.has(path)) {
            throw new KubeosError('SETTINGS_REFUSED', `Writing ${path}: the kernel has none`);
          }
          session.kernel.set(path, `${value}\n`);
        }),
    },
    units: {
      restart: (unit) => actor.call(`restart ${unit}`, () => restart(unit)),
      restartIfRunning: (unit) => actor.call(`restart ${unit}`, () => restartIfRunning(unit)),
      startedUptimeSeconds: async () => undefined,
      check: async () => undefined,
    },
    bootMenu: bootMenuPath,
    folders: {},
    planner: async () => planner,
  };
}

function requireRoom({ persistFull }: Disk): void {
  if (persistFull) throw new KubeosError('STORAGE_FULL', 'Writing PERSIST: it is full');
}
