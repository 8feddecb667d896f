/** What a set of settings comes to on this node: reads what it takes, plans, and has programs check their new files. */
import type { Disruption } from '../../api/operation.ts';
import type { SettingsSet } from '../../api/os-instance.ts';
import { KubeosError } from '../../errors/index.ts';
import type { SettingReport, SettingsReport } from '../../ports/proxy.ts';
import { traitsOf } from '../../settings/models.ts';
import type { SettingsHome, SettingsPlan } from '../../settings/plan-settings.ts';
import type { SettingsDeps } from '../agent.ts';
import type { KnownWorld } from '../world.ts';

/** For what a set is planned. */
export interface PlanOptions {
  /** The idle slot may take a copy of the running one for settings that ask for a reboot. Default false. */
  readonly canCopySlot?: boolean;
  /** Programs check their new files. Default true; without need where nothing is written. */
  readonly checks?: boolean;
}

/**
 * Plans a set against the node as it is; nothing is written.
 *
 * @throws KubeosError `SETTINGS_REFUSED` for a set that cannot be read, a file that it may not name, and a file that its
 *   program would not take; `SETTINGS_UNREADABLE` for a file that cannot be edited; the storage codes.
 */
export async function planSet(
  deps: SettingsDeps,
  { booted }: Pick<KnownWorld, 'booted'>,
  set: SettingsSet,
  { canCopySlot = false, checks = true }: PlanOptions = {},
): Promise<SettingsPlan> {
  const { files, bootMenu, folders } = deps;
  const planner = await deps.planner();
  const { request, problems } = planner.readSettings(set, 'settings');
  if (request === undefined) {
    const message = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new KubeosError('SETTINGS_REFUSED', message);
  }
  const home: SettingsHome = { bootMenu, bootedSlot: booted, canCopySlot, folders };
  const needed = planner.readingsFor(request, home);
  const texts = await readAll(needed.files, (path) => files.read(path));
  const values = await readAll(needed.kernel, (path) => files.readKernel(path));
  const plan = planner.planSettings(request, home, {
    file: (path) => texts.get(path),
    kernel: (path) => values.get(path),
  });
  if (checks) await checkFiles(deps, plan);
  return plan;
}

/** What a plan says, without the values. */
export function reportOf(plan: SettingsPlan): SettingsReport {
  return {
    models: plan.models.map(({ model, path, settings }) => ({
      model,
      ...(path === undefined ? {} : { path }),
      settings: settings.map(({ key, outcome, reason }) =>
        reason === undefined ? { key, outcome } : { key, outcome, reason },
      ),
    })),
    disruption: disruptionOf(plan),
    pendingRestarts: plan.pendingRestarts,
    rebootPending: plan.rebootPending,
  };
}

function disruptionOf({ reboot, restarts }: SettingsPlan): Disruption {
  if (reboot) return 'reboot';
  return restarts.length > 0 ? 'restart' : 'none';
}

/** Writes the kernel parameters of a plan and reads them back; the report then names those that the kernel did not take. */
export async function writeKernel(
  { files, planner }: SettingsDeps,
  plan: SettingsPlan,
  report: SettingsReport,
): Promise<SettingsReport> {
  const { holdsValue } = await planner();
  let told = report;
  for (const change of plan.kernel) {
    const reason = await refusalOf(change);
    if (reason !== undefined) told = withRefusal(told, change.askedBy, reason);
  }
  return told;

  async function refusalOf(change: SettingsPlan['kernel'][number]): Promise<string | undefined> {
    try {
      await files.writeKernel(change.path, change.value);
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      if (error.code === 'SETTINGS_REFUSED') return error.message;
      throw error;
    }
    const isHeld = holdsValue(change, await files.readKernel(change.path));
    return isHeld ? undefined : 'The kernel took it and holds another value';
  }
}

async function readAll(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (const path of paths) found.set(path, await read(path));
  return found;
}

async function checkFiles({ units }: SettingsDeps, plan: SettingsPlan): Promise<void> {
  const unitOf = new Map(plan.models.map(({ model, path }) => [path, traitsOf(model).unit]));
  for (const { path, after } of plan.files) {
    const unit = unitOf.get(path);
    const problem = unit === undefined ? undefined : await units.check(unit, after);
    if (problem === undefined) continue;
    throw new KubeosError('SETTINGS_REFUSED', `${path} would not be valid: ${problem}`, {
      details: { path },
    });
  }
}

function withRefusal(
  report: SettingsReport,
  [entry, setting]: readonly [number, number],
  reason: string,
): SettingsReport {
  const refused = (one: SettingReport): SettingReport => ({
    key: one.key,
    outcome: 'refused',
    reason,
  });
  return {
    ...report,
    models: report.models.map((model, index) =>
      index === entry
        ? {
            ...model,
            settings: model.settings.map((one, at) => (at === setting ? refused(one) : one)),
          }
        : model,
    ),
  };
}
