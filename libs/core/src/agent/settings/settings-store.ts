/** Carries changes of settings through: the decision to PERSIST, then the files, then the running system, then the end. */
import { hasCode, KubeosError } from '../../errors/index.ts';
import type { Log } from '../../ports/log.ts';
import type {
  FileWrite,
  SettingsFiles,
  SettingsStateFile,
  SettingsUnits,
} from '../../ports/settings.ts';
import type { SettingsUnit } from '../../settings/models.ts';
import { operationIdOf } from '../record.ts';
import type { KnownWorld } from '../world.ts';
import { beginReturn, endChange, fateOf, keepChange } from './decide-settings.ts';
import {
  lostSettings,
  parseSettingsState,
  renderSettingsState,
  type KernelValue,
  type SettingsChange,
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
  /** Never throws: what cannot be read counts as lost. */
  look(machineId: string): Promise<SettingsState>;
  /** Writes a state that changes no file. */
  save(world: KnownWorld, state: SettingsState): Promise<SettingsState>;
  /**
   * Carries on what was begun, and takes back what was not to stay. Throws the storage codes; asked again it
   * goes on where it stopped.
   */
  settle(world: KnownWorld): Promise<SettingsState>;
  /** Writes a state that begins a change and carries it through. */
  carryThrough(world: KnownWorld, state: SettingsState): Promise<SettingsState>;
  /** Takes settings back; tells too what speaks against a program that was restarted for it. */
  giveBack(world: KnownWorld, state: SettingsState, undo: SettingsUndo): Promise<Returned>;
  /** Restarts programs one after the other; what speaks against those that do not come up, or `undefined`. */
  restart(programs: readonly SettingsUnit[]): Promise<string | undefined>;
}

/** The state after a change was carried on, and what speaks against the programs that followed it. */
export interface Returned {
  readonly state: SettingsState;
  readonly problem?: string;
}

/** Builds the store; nothing is read yet. */
export function createSettingsStore(deps: SettingsStoreDeps): SettingsStore {
  const { files, units, log } = deps;

  async function look(machineId: string): Promise<SettingsState> {
    try {
      return parseSettingsState(await deps.state.read(), machineId);
    } catch (error) {
      // Slots do not wait for it.
      log.error({ error }, 'Could not read what is kept of the settings');
      return lostSettings;
    }
  }

  async function save(world: KnownWorld, state: SettingsState): Promise<SettingsState> {
    await deps.state.write(renderSettingsState(state, world.facts.machineId));
    return state;
  }

  /** From here on the change is on PERSIST, so that it may be begun anew at any moment. */
  async function carryOn(world: KnownWorld, state: SettingsState): Promise<Returned> {
    const { change } = state;
    if (change === undefined) return { state };
    const missing: FileWrite[] = [];
    for (const file of change.files) if (!(await holds(file))) missing.push(file);
    await files.writeAll(missing);
    const problem = await follow(world, change);
    return { state: await save(world, endChange(state)), ...(problem && { problem }) };
  }

  /** The running system follows its files. */
  async function follow(
    world: KnownWorld,
    { bootId, kernel, restarts }: SettingsChange,
  ): Promise<string | undefined> {
    if (bootId === world.facts.bootId) {
      await putBack(kernel);
      return restart(restarts);
    }
    // A boot in between has reset the kernel; a program may have started with a file of before.
    for (const unit of restarts) await restartIfRunning(unit);
    return undefined;
  }

  /** What a power cut has left unreadable is written again. */
  async function holds({ path, text }: FileWrite): Promise<boolean> {
    try {
      return (await files.read(path)) === text;
    } catch (error) {
      if (!hasCode(error, 'SETTINGS_UNREADABLE')) throw error;
      return false;
    }
  }

  async function putBack(values: readonly KernelValue[]): Promise<void> {
    for (const { path, value } of values) {
      try {
        await files.writeKernel(path, value);
      } catch (thrown) {
        const error = KubeosError.from(thrown);
        log.error({ error, path }, 'Could not put a kernel parameter back');
      }
    }
  }

  async function restartIfRunning(unit: SettingsUnit): Promise<void> {
    try {
      await units.restartIfRunning(unit);
    } catch (error) {
      log.error({ error, unit }, 'Could not restart a program');
    }
  }

  async function restart(programs: readonly SettingsUnit[]): Promise<string | undefined> {
    const problems: string[] = [];
    // By name containerd comes before kubelet, which needs it.
    for (const unit of [...programs].sort()) {
      log.info({ unit }, 'Restarting a program for its settings');
      const problem = await units.restart(unit);
      if (problem === undefined) continue;
      log.error({ unit, problem }, 'A program does not come up');
      problems.push(`${unit}: ${problem}`);
    }
    return problems.length === 0 ? undefined : problems.join('; ');
  }

  async function giveBack(
    world: KnownWorld,
    state: SettingsState,
    undo: SettingsUndo,
  ): Promise<Returned> {
    const { seq } = undo;
    log.info({ operation: operationIdOf(world.record, seq), seq }, 'Taking settings back');
    return carryOn(world, await save(world, beginReturn(state, undo)));
  }

  return {
    look,
    save,
    async settle(world) {
      const { state } = await carryOn(world, await look(world.facts.machineId));
      const { undo } = state;
      if (undo === undefined) return state;
      switch (fateOf(world, undo)) {
        case 'undecided':
          return state;
        case 'kept':
          return save(world, keepChange(state));
        case 'over':
          return (await giveBack(world, state, undo)).state;
      }
    },
    carryThrough: async (world, state) => (await carryOn(world, await save(world, state))).state,
    giveBack,
    restart,
  };
}
