/** The settings of a fast node as its agent reaches them: real files, and programs that are played. */
import { join } from 'node:path';
import type { SettingsDeps } from '@kubeos/core';
import * as planner from '@kubeos/core/settings';
import { createSettingsFiles, createStateFile, exec } from '@kubeos/host';
import { bootMenuPath } from './system-root.ts';

/** What they are reached with. */
export interface SettingsPortsOptions {
  /** Prefix of every path. */
  readonly root: string;
  /** Does something to the machine, while it is up. */
  readonly reach: <T>(effect: () => T | Promise<T>) => Promise<T>;
  /** Starts the kubelet anew; what speaks against it, or `undefined`. */
  readonly restartKubelet: () => Promise<string | undefined>;
  readonly isKubeletRunning: () => boolean;
}

/** Builds the ports of one boot. */
export function createSettingsPorts(options: SettingsPortsOptions): SettingsDeps {
  const { root, reach, restartKubelet, isKubeletRunning } = options;
  const files = createSettingsFiles({ root, exec, bootMenu: bootMenuPath });
  const state = createStateFile(join(root, 'persist/os-agent-settings.json'));
  return {
    files: {
      read: (path) => reach(() => files.read(path)),
      write: (path, text) => reach(() => files.write(path, text)),
      readKernel: (path) => reach(() => files.readKernel(path)),
      writeKernel: (path, value) => reach(() => files.writeKernel(path, value)),
    },
    units: {
      restart: (unit) => reach(() => (unit === 'kubelet.service' ? restartKubelet() : undefined)),
      restartIfRunning: (unit) =>
        reach(async () => {
          if (unit === 'kubelet.service' && isKubeletRunning()) await restartKubelet();
        }),
      check: async () => undefined,
    },
    state: {
      read: () => reach(() => state.read()),
      write: (text) => reach(() => state.write(text)),
    },
    bootMenu: bootMenuPath,
    folders: {},
    planner: async () => planner,
  };
}
