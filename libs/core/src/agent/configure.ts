/** Configure: a set of settings is planned or applied under the node's lock. */
import type { SettingsReport } from '../ports/proxy.ts';
import type { SettingsPlan } from '../settings/plan-settings.ts';
import { afterJobs } from './after-jobs.ts';
import type { ConfigureAnswer, ConfigureRequest } from './agent.ts';
import { carryOut, type AgentContext } from './calls.ts';
import {
  configuringChange,
  decideConfigure,
  decideConfigured,
  decidePlanned,
  decideServiceFailed,
} from './decide-configure.ts';
import type { PrepareLine } from './prepare-line.ts';
import type { RecordedOperation } from './record.ts';
import { candidateOf } from '../slots/index.ts';
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
    return phase === 'Prepare'
      ? plan(context, world, request, decision)
      : apply(context, world, state, { ...request, phase }, decision);
  });
  if ('result' in done) return done;
  const { id, seq, type } = request;
  const copied = await line.copy({ id, seq, type, version: done.version }, (world) =>
    changeMenu(context, world, request),
  );
  return { ...copied, report: done.report };
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
  const before = await withoutHalfDone(context, world, state, request);
  const plan = await planSet(deps.settings, world, set);
  const report = reportOf(plan);
  const begun = await store.apply(world, configuringChange(world, operation));
  const change = { seq, phase, set, plan, report, confirmTimeoutSeconds };
  const next = beginChange(begun, before, change);
  const isOnTrial = next.undo?.deadlineUptimeSeconds !== undefined;
  if (isOnTrial) await store.startTimer();
  let held = await settings.carryThrough(begun, next);
  const told = await writeKernel(deps.settings, plan, report);
  if (told !== report) held = await settings.save(begun, withReport(held, phase, told));
  const problem = await settings.restart(next.undo?.restarts ?? []);
  if (problem === undefined) {
    const decision = decideConfigured(begun, operation, isOnTrial);
    return { ...(await carryOut(context, begun, decision)), report: told };
  }
  // In the trial of a slot the next boot takes them back, before the programs start.
  if (held.undo !== undefined && !isInTrial(begun)) await settings.giveBack(begun, held, held.undo);
  const failed = decideServiceFailed(begun, operation, problem);
  return { ...(await carryOut(context, begun, failed)), report: told };
}

async function withoutHalfDone(
  { settings }: AgentContext,
  world: KnownWorld,
  state: SettingsState,
  { seq, phase }: ConfigureRequest,
): Promise<SettingsState> {
  const { undo } = state;
  // What belongs to a slot's trial is not begun anew: its menu is part of it.
  const isHalfDone = undo?.seq === seq && undo.phase === phase && undo.slot === undefined;
  return isHalfDone ? settings.giveBack(world, state, undo) : state;
}

/** The report of an outcome that is asked for again. */
async function reportOfEnded(
  { deps }: AgentContext,
  world: KnownWorld,
  { wanted }: SettingsState,
  { phase, settings }: ConfigureRequest,
): Promise<SettingsReport> {
  if (phase === 'Prepare') {
    return reportOf(await planSet(deps.settings, world, settings, { canCopySlot: true }));
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
