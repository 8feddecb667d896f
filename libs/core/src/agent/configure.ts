/** Configure: a set of settings is planned or applied under the node's lock. */
import type { SettingsReport } from '../ports/proxy.ts';
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
import { beginChange } from './settings/decide-settings.ts';
import { planSet, reportOf, writeKernel } from './settings/plan-set.ts';
import { placeOfPhase, type AppliedPhase, type SettingsState } from './settings/settings-state.ts';
import { isInTrial, type KnownWorld } from './world.ts';

/** Answers Configure; a Prepare of this process ends first, as before every other change. */
export function configure(
  context: AgentContext,
  line: PrepareLine,
  request: ConfigureRequest,
): Promise<ConfigureAnswer> {
  const { deps, settings } = context;
  const { phase } = request;
  return afterJobs(context, line, async (world) => {
    const state = await settings.look(world.facts.machineId);
    const decision = decideConfigure(world, state, request);
    if (decision.kind === 'decided') {
      const given = await carryOut(context, world, decision);
      return { ...given, report: await reportOfEnded(context, world, state, request) };
    }
    if (line.current() !== undefined) return undefined;
    if (phase !== 'Prepare') return apply(context, world, state, { ...request, phase }, decision);
    const report = reportOf(await planSet(deps.settings, world, request.settings));
    const planned = decidePlanned(world, decision.operation, report.disruption);
    return { ...(await carryOut(context, world, planned)), report };
  });
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
  const problem = await settings.restart(plan.restarts);
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
  const isHalfDone = undo?.seq === seq && undo.phase === phase;
  return isHalfDone ? settings.giveBack(world, state, undo) : state;
}

/** The report of an outcome that is asked for again. */
async function reportOfEnded(
  { deps }: AgentContext,
  world: KnownWorld,
  { wanted }: SettingsState,
  { phase, settings }: ConfigureRequest,
): Promise<SettingsReport> {
  if (phase === 'Prepare') return reportOf(await planSet(deps.settings, world, settings));
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
