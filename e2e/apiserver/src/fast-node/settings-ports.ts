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
  /** Uptime at which the kubelet was started; `undefined` while it does not run. */
  readonly kubeletStartedSeconds: () => number | undefined;
}

/** Builds the ports of one boot. */
export function createSettingsPorts(options: SettingsPortsOptions): SettingsDeps {
  const { root, reach, restartKubelet, kubeletStartedSeconds } = options;
  const files = createSettingsFiles({ root, exec, bootMenu: bootMenuPath });
  const state = createStateFile(join(root, 'persist/os-agent-settings.json'));
  return {
    files: {
      read: (path) => reach(() => files.read(path)),
      writeAll: (changes) => reach(() => files.writeAll(changes)),
      readKernel: (path) => reach(() => files.readKernel(path)),
      writeKernel: (path, value) => reach(() => files.writeKernel(path, value)),
    },
    units: {
      restart: (unit) => reach(() => (unit === 'kubelet.service' ? restartKubelet() : undefined)),
      restartIfRunning: (unit) =>
        reach(async () => {
          if (unit === 'kubelet.service' && kubeletStartedSeconds() !== undefined) {
            await restartKubelet();
          }
        }),
      startedUptimeSeconds: (unit) =>
        reach(() => (unit === 'kubelet.service' ? kubeletStartedSeconds() : undefined)),
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
