/** The drift pass: the sets that hold against the node as it is. */
import type { SettingNote, SettingsStatus } from '../api/agent-status.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import { hasCode, KubeosError } from '../errors/index.ts';
import { isSame } from '../same.ts';
import { locked, type AgentContext } from './calls.ts';
import { beginHealing } from './settings/decide-settings.ts';
import { comparable, driftIn, driftTargets, noteOn, type DriftTarget } from './settings/drift.ts';
import { planSet, reportOf, writeKernel } from './settings/plan-set.ts';
import { notesOf, settingsStatusOf } from './settings/settings-status.ts';
import type { SettingsState } from './settings/settings-state.ts';
import type { SettingsUnit } from '../settings/models.ts';
import type { KnownWorld } from './world.ts';

/** Looks, heals where a set asks for it, and keeps what was found. */
export function checkDrift(context: AgentContext): Promise<SettingsStatus> {
  const { settings } = context;
  return locked(context, async (world) => {
    let state = await settings.look(world.facts.machineId);
    const found: SettingNote[] = [];
    for (const target of driftTargets(state.wanted, world.booted)) {
      if (target.heals && mayHeal(world, state)) {
        state = await healed(context, world, state, target);
      }
      found.push(...(await differencesFrom(context, world, target)));
    }
    const seen = { ...(await withoutRestarted(context, world, state)), drift: notesOf(found) };
    if (!isSame({ ...state, drift: state.drift ?? notesOf([]) }, seen)) {
      state = await settings.save(world, seen);
    }
    return settingsStatusOf(state, world.facts.bootId);
  });
}

/** One file that cannot be compared must not hide what differs in the others. */
async function differencesFrom(
  { deps }: AgentContext,
  world: KnownWorld,
  { set }: DriftTarget,
): Promise<readonly SettingNote[]> {
  const look = async (part: SettingsSet): Promise<readonly SettingNote[]> =>
    driftIn(reportOf(comparable(await planSet(deps.settings, world, part, { checks: false }))));
  try {
    return await look(set);
  } catch (thrown) {
    if (!isOfSettings(thrown)) throw thrown;
  }
  const notes: SettingNote[] = [];
  for (const entry of set.configs ?? []) {
    try {
      notes.push(...(await look({ ...set, configs: [entry] })));
    } catch (thrown) {
      if (!isOfSettings(thrown)) throw thrown;
      notes.push(noteOn(entry, KubeosError.from(thrown)));
    }
  }
  return notes;
}

function isOfSettings(thrown: unknown): boolean {
  return hasCode(thrown, 'SETTINGS_REFUSED', 'SETTINGS_UNREADABLE');
}

/** Not while it is open which settings stay, and not on a node that a person looks after. */
function mayHeal(world: KnownWorld, { undo, change }: SettingsState): boolean {
  const { record, rebooting, booted, vars } = world;
  const isAtRest =
    undo === undefined && change === undefined && record.operation?.state !== 'Running';
  return isAtRest && !record.held && !rebooting && booted === vars.good;
}

/** Somebody may have restarted a program by hand since its file was changed. */
async function withoutRestarted(
  { deps }: AgentContext,
  { facts }: KnownWorld,
  state: SettingsState,
): Promise<SettingsState> {
  const { restartsPending, ...rest } = state;
  if (restartsPending?.bootId !== facts.bootId) return state;
  const units: SettingsUnit[] = [];
  for (const unit of restartsPending.units) {
    const startedAt = await deps.settings.units.startedUptimeSeconds(unit);
    if (startedAt === undefined || startedAt < restartsPending.uptimeSeconds) units.push(unit);
  }
  return units.length === 0 ? rest : { ...rest, restartsPending: { ...restartsPending, units } };
}

/** A set that cannot be put back is told as drift. */
async function healed(
  context: AgentContext,
  world: KnownWorld,
  state: SettingsState,
  target: DriftTarget,
): Promise<SettingsState> {
  try {
    return await heal(context, world, state, target);
  } catch (thrown) {
    if (!isOfSettings(thrown)) throw thrown;
    context.deps.log.warn({ error: KubeosError.from(thrown) }, 'Could not put settings back');
    return state;
  }
}

async function heal(
  { deps, settings }: AgentContext,
  world: KnownWorld,
  state: SettingsState,
  { set }: DriftTarget,
): Promise<SettingsState> {
  const plan = comparable(await planSet(deps.settings, world, set));
  if (plan.files.length + plan.kernel.length === 0) return state;
  const paths = [...plan.files, ...plan.kernel].map(({ path }) => path);
  deps.log.info({ version: set.version, paths }, 'Putting settings back');
  const healed = await settings.carryThrough(world, beginHealing(world, state, plan));
  await writeKernel(deps.settings, plan, reportOf(plan));
  return healed;
}
