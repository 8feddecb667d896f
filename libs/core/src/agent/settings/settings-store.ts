/** Carries changes of settings through: the decision to PERSIST, then the files, then programs, then the end to PERSIST. */
import type { SettingsFiles, SettingsStateFile, SettingsUnits } from '../../ports/settings.ts';
import type { Log } from '../../ports/log.ts';
import type { KnownWorld } from '../world.ts';
import { beginReturn, endChange, judgeTrial } from './decide-settings.ts';
import {
  parseSettingsState,
  renderSettingsState,
  type SettingsState,
  type SettingsUndo,
} from './settings-state.ts';

/** What the store works with. */
export interface SettingsStoreDeps {
  readonly state: SettingsStateFile;
  readonly files: SettingsFiles;
  readonly units: SettingsUnits;
  readonly log: Log;
}

/** The settings of the node as one agent process reads and changes them; everything but `look` only under the node's lock. */
export interface SettingsStore {
  look(machineId: string): Promise<SettingsState>;
  /**
   * Carries on what was begun, and takes back what belongs to a trial that is over. Throws the storage codes and
   * `SETTINGS_UNREADABLE`; asked again it goes on where it stopped.
   */
  settle(world: KnownWorld): Promise<SettingsState>;
  /** Writes a state that begins a change and carries it through. */
  carryThrough(world: KnownWorld, state: SettingsState): Promise<SettingsState>;
  /** Takes the settings of a trial back. */
  giveBack(world: KnownWorld, state: SettingsState, undo: SettingsUndo): Promise<SettingsState>;
}

/** Builds the store; nothing is read yet. */
export function createSettingsStore(deps: SettingsStoreDeps): SettingsStore {
  const { files, units, log } = deps;

  async function look(machineId: string): Promise<SettingsState> {
    return parseSettingsState(await deps.state.read(), machineId);
  }

  async function save(world: KnownWorld, state: SettingsState): Promise<SettingsState> {
    await deps.state.write(renderSettingsState(state, world.facts.machineId));
    return state;
  }

  /** From here on the change is on PERSIST, so that it may be begun anew at any moment. */
  async function carryOn(world: KnownWorld, state: SettingsState): Promise<SettingsState> {
    const { change } = state;
    if (change === undefined) return state;
    for (const { path, text } of change.files) {
      if ((await files.read(path)) !== text) await files.write(path, text);
    }
    // A boot in between has started the programs with the new files.
    const restarts = change.bootId === world.facts.bootId ? change.restarts : [];
    for (const unit of restarts) {
      const problem = await units.restart(unit);
      if (problem !== undefined) log.error({ unit, problem }, 'A program does not come up');
    }
    return save(world, endChange(state));
  }

  async function giveBack(
    world: KnownWorld,
    state: SettingsState,
    undo: SettingsUndo,
  ): Promise<SettingsState> {
    log.info({ seq: undo.seq }, 'Taking the settings of a trial back');
    return carryOn(world, await save(world, beginReturn(world, state, undo)));
  }

  return {
    look,
    async settle(world) {
      const state = await carryOn(world, await look(world.facts.machineId));
      const { undo, ...kept } = state;
      if (undo === undefined) return state;
      switch (judgeTrial(world, undo)) {
        case 'goesOn':
          return state;
        case 'kept':
          return save(world, kept);
        case 'over':
          return giveBack(world, state, undo);
      }
    },
    carryThrough: async (world, state) => carryOn(world, await save(world, state)),
    giveBack,
  };
}
