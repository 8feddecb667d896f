/** Configure: a set of settings is planned or applied under the node's lock. */
import { hasCode, KubeosError } from '../errors/index.ts';
import type { SettingsReport } from '../ports/proxy.ts';
import type { SettingsPlan } from '../settings/plan-settings.ts';
import { candidateOf } from '../slots/index.ts';
import { afterJobs } from './after-jobs.ts';
import type { ConfigureAnswer, ConfigureRequest } from './agent.ts';
import { attempt, carryOut, change, type AgentContext } from './calls.ts';
import {
  configuringChange,
  decideConfigure,
  decideConfigured,
  decidePlanned,
  decideServiceFailed,
  refusedChange,
} from './decide-configure.ts';
import type { PrepareLine } from './prepare-line.ts';
import type { RecordedOperation } from './record.ts';
import { beginChange, beginCopiedMenu } from './settings/decide-settings.ts';
import { planSet, reportOf, writeKernel } from './settings/plan-set.ts';
import { placeOfPhase, type AppliedPhase, type SettingsState } from './settings/settings-state.ts';
import { isInTrial, type KnownWorld } from './world.ts';

/** Answers Configure; a Prepare of this process ends first, as before every other change. */
export async function configure(
  context: AgentContext,
  line: PrepareLine,
  request: ConfigureRequest,
): Promise<ConfigureAnswer> {
  const { settings } = context;
  const { phase } = request;
  const done = await afterJobs(context, line, async (world) => {
    const state = await settings.look(world.facts.machineId);
    const decision = decideConfigure(world, state, request);
    if (decision.kind === 'decided') {
      const given = await carryOut(context, world, decision);
      return { ...given, report: await reportOfEnded(context, world, state, request) };
    }
    if (isOther(line.current(), request)) return undefined;
    return remembering(context, world, request, () =>
      phase === 'Prepare'
        ? plan(context, world, request, decision)
        : apply(context, world, state, { ...request, phase }, decision),
    );
  });
  if ('result' in done) return done;
  const { id, seq, type } = request;
  const copied = await line.copy({ id, seq, type, version: done.version }, (world) =>
    changeMenu(context, world, request),
  );
  return { ...copied, report: done.report };
}

/** What is wrong with a set is kept beyond the operation that ends by it. */
async function remembering<T>(
  context: AgentContext,
  world: KnownWorld,
  { seq }: ConfigureRequest,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = KubeosError.from(thrown);
    if (hasCode(error, 'SETTINGS_REFUSED', 'SETTINGS_UNREADABLE', 'PLAN_OUTDATED')) {
      const refused = refusedChange(world, seq, error);
      await attempt(context.deps, 'keep a failure', () => change(context, world, refused));
    }
    throw error;
  }
}

/** A set that is tried in a copy of the running slot. */
interface CopyFirst {
  readonly version: string;
  readonly report: SettingsReport;
}

/** A job of the same operation is followed, not ended. */
function isOther(job: ReturnType<PrepareLine['current']>, { id, seq }: ConfigureRequest): boolean {
  return job !== undefined && (job.id !== id || job.seq !== seq);
}

async function plan(
  context: AgentContext,
  world: KnownWorld,
  request: ConfigureRequest,
  { operation }: { readonly operation: RecordedOperation },
): Promise<ConfigureAnswer | CopyFirst> {
  const planned = await planSet(context.deps.settings, world, request.settings, {
    canCopySlot: true,
  });
  const report = reportOf(planned);
  if (planned.reboot) return { version: world.facts.version, report };
  const decision = decidePlanned(world, operation, report.disruption);
  return { ...(await carryOut(context, world, decision)), report };
}

/** The copy boots with the new kernel line; all other settings follow in its trial. */
async function changeMenu(
  { deps, settings }: AgentContext,
  world: KnownWorld,
  { seq, settings: set }: ConfigureRequest,
): Promise<void> {
  const planned = await planSet(deps.settings, world, set, { canCopySlot: true });
  const menu = onlyFile(planned, deps.settings.bootMenu);
  const state = await settings.look(world.facts.machineId);
  const slot = candidateOf(world.vars);
  await settings.carryThrough(world, beginCopiedMenu(world, state, { seq, slot, plan: menu }));
}

function onlyFile(plan: SettingsPlan, path: string): SettingsPlan {
  return {
    ...{ ...plan, kernel: [], restarts: [], pendingRestarts: [], rebootPending: false },
    files: plan.files.filter((file) => file.path === path),
  };
}

/**
 * Everything is decided before the first write: the operation is recorded as running, the change is carried through, and
 * then the running system follows. Begun anew after a crash it starts from the old settings again.
 */
async function apply(
  context: AgentContext,
  world: KnownWorld,
  state: SettingsState,
  request: ConfigureRequest & { readonly phase: AppliedPhase },
  { operation }: { readonly operation: RecordedOperation },
): Promise<ConfigureAnswer> {
  const { deps, store, settings } = context;
  const { seq, phase, settings: set, confirmTimeoutSeconds } = request;
  const before = await withoutHalfDone(context, world, state);
  const plan = await planSet(deps.settings, world, set);
  const report = reportOf(plan);
  requireAsPlanned(world, operation, report);
  const begun = await store.apply(world, configuringChange(world, operation));
  const planned = { seq, phase, set, plan, report, confirmTimeoutSeconds };
  const next = beginChange(begun, before, planned);
  const undo = next.undo;
  const isOnTrial = undo?.deadlineUptimeSeconds !== undefined;
  if (isOnTrial) await store.startTimer();
  const told = await putInPlace(context, begun, next, { plan, report, phase });
  const problem = await settings.restart(undo?.restarts ?? []);
  if (problem === undefined) {
    const decision = decideConfigured(begun, operation, isOnTrial);
    return { ...(await carryOut(context, begun, decision)), report: told };
  }
  const back = await takeBack(context, begun);
  const failed = decideServiceFailed(begun, operation, [problem, ...back].join('; '));
  return { ...(await carryOut(context, begun, failed)), report: told };
}

/** A node that changed since its turn was planned must not be disturbed more than it was admitted for. */
function requireAsPlanned(
  world: KnownWorld,
  { type, phase, disruption: planned }: RecordedOperation,
  { disruption }: SettingsReport,
): void {
  const isPlanned = type === 'config' && phase === 'After' && !isInTrial(world);
  if (!isPlanned || planned === undefined || planned === disruption || disruption === 'none')
    return;
  throw new KubeosError(
    'PLAN_OUTDATED',
    `The node has changed since Prepare: the settings now take a ${disruption}, planned was ${planned}`,
  );
}

/** Files and kernel; where a part fails all of it goes back at once. */
async function putInPlace(
  context: AgentContext,
  world: KnownWorld,
  next: SettingsState,
  { plan, report, phase }: { plan: SettingsPlan; report: SettingsReport; phase: AppliedPhase },
): Promise<SettingsReport> {
  const { deps, settings } = context;
  try {
    const held = await settings.carryThrough(world, next);
    const told = await writeKernel(deps.settings, plan, report);
    if (told !== report) await settings.save(world, withReport(held, phase, told));
    return told;
  } catch (error) {
    await attempt(deps, 'take settings back', () => takeBack(context, world));
    throw error;
  }
}

/** In the trial of a slot the next boot takes them back, before the programs start. */
async function takeBack({ settings }: AgentContext, world: KnownWorld): Promise<readonly string[]> {
  const held = await settings.look(world.facts.machineId);
  if (held.undo === undefined || isInTrial(world)) return [];
  const { problem } = await settings.giveBack(world, held, held.undo);
  return problem === undefined ? [] : [`on the way back ${problem}`];
}

/** An earlier attempt, or an operation that this one overtakes, is taken back first. */
async function withoutHalfDone(
  { settings }: AgentContext,
  world: KnownWorld,
  state: SettingsState,
): Promise<SettingsState> {
  const { undo } = state;
  // What belongs to a slot's trial is not begun anew: its menu is part of it.
  if (undo === undefined || isInTrial(world)) return state;
  return (await settings.giveBack(world, state, undo)).state;
}

/** The report of an outcome that is asked for again. */
async function reportOfEnded(
  { deps }: AgentContext,
  world: KnownWorld,
  { wanted }: SettingsState,
  { phase, settings }: ConfigureRequest,
): Promise<SettingsReport> {
  if (phase === 'Prepare') {
    const report = reportOf(await planSet(deps.settings, world, settings, { canCopySlot: true }));
    return { ...report, disruption: world.record.operation?.disruption ?? report.disruption };
  }
  return wanted[placeOfPhase[phase]]?.report ?? nothingToTell;
}

/** Of settings that were taken back. */
const nothingToTell: SettingsReport = {
  models: [],
  disruption: 'none',
  pendingRestarts: [],
  rebootPending: false,
};

function withReport(
  state: SettingsState,
  phase: AppliedPhase,
  report: SettingsReport,
): SettingsState {
  const place = placeOfPhase[phase];
  const applied = state.wanted[place];
  if (applied === undefined) return state;
  return { ...state, wanted: { ...state.wanted, [place]: { ...applied, report } } };
}
