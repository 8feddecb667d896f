/** The drift pass: the sets that hold against the node as it is. */
import type { SettingNote, SettingsStatus } from '../api/agent-status.ts';
import { isSame } from '../same.ts';
import { locked, type AgentContext } from './calls.ts';
import { beginHealing } from './settings/decide-settings.ts';
import { comparable, driftIn, driftTargets, type DriftTarget } from './settings/drift.ts';
import { planSet, reportOf, writeKernel } from './settings/plan-set.ts';
import { notesOf, settingsStatusOf } from './settings/settings-status.ts';
import type { SettingsState } from './settings/settings-state.ts';
import { isInTrial, type KnownWorld } from './world.ts';

/** Looks, heals where a set asks for it, and keeps what was found. */
export function checkDrift(context: AgentContext): Promise<SettingsStatus> {
  const { settings } = context;
  return locked(context, async (world) => {
    let state = await settings.look(world.facts.machineId);
    const found: SettingNote[] = [];
    for (const target of driftTargets(state.wanted)) {
      if (target.heals && mayHeal(world, state)) state = await heal(context, world, state, target);
      const plan = comparable(await planSet(context.deps.settings, world, target.set));
      found.push(...driftIn(reportOf(plan)));
    }
    const drift = notesOf(found);
    if (!isSame(state.drift ?? notesOf([]), drift)) {
      state = await settings.save(world, { ...state, drift });
    }
    return settingsStatusOf(state, world.facts.bootId);
  });
}

/** Not while it is open which settings stay. */
function mayHeal(world: KnownWorld, { undo, change }: SettingsState): boolean {
  const isAtWork = world.record.operation?.state === 'Running';
  return undo === undefined && change === undefined && !isAtWork && !isInTrial(world);
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
