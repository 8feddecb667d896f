/** Brings the settings in line with the rest of the node, and remembers what keeps them from it. */
import type { AgentWarning } from '../../api/agent-status.ts';
import { KubeosError } from '../../errors/index.ts';
import type { Log } from '../../ports/log.ts';
import { isInTrial, type KnownWorld } from '../world.ts';
import type { SettingsState } from './settings-state.ts';
import type { SettingsStore } from './settings-store.ts';

/** Settles before and after every change of the node. */
export interface SettingsKeeper {
  /**
   * What is kept after that; `undefined` where it could not be settled. Never throws: slots are more than settings, and
   * it is tried again with the next call.
   */
  settle(world: KnownWorld): Promise<SettingsState | undefined>;
  /** What went wrong when it was tried last. */
  trouble(): AgentWarning | undefined;
}

/** Builds the keeper; nothing is read yet. */
export function createSettingsKeeper(store: SettingsStore, log: Log): SettingsKeeper {
  let trouble: AgentWarning | undefined;
  return {
    async settle(world) {
      // The next boot settles, before the programs start that the settings are for.
      const isLeaving = world.booted !== world.vars.good && !isInTrial(world);
      if (world.rebooting || isLeaving) return undefined;
      try {
        const state = await store.settle(world);
        trouble = undefined;
        return state;
      } catch (thrown) {
        const error = KubeosError.from(thrown);
        log.error({ error }, 'Could not settle the settings');
        trouble = {
          reason: 'SettingsStuck',
          message: `A change of settings cannot be carried through: ${error.message}`,
        };
        return undefined;
      }
    },
    trouble: () => trouble,
  };
}
