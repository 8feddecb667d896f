/** The agent's calls, each under the node's lock: look, put right, decide, change, publish. */
import { slotNames, type SlotName } from '../api/operation.ts';
import { hasCode } from '../errors/index.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { ActivateRequest, Agent, AgentDeps, ReturnPassResult } from './agent.ts';
import { afterJobs } from './after-jobs.ts';
import { createArmedWatch } from './armed-watch.ts';
import { attempt, carryOut, change, locked, settled, type AgentContext } from './calls.ts';
import { checkDrift } from './check-drift.ts';
import { configure } from './configure.ts';
import { decideActivate, decideArm } from './decide-activate.ts';
import { decideCancel, decideConsoleRollback, releaseChange } from './decide-cancel.ts';
import { unconfirmedChange } from './decide-configure.ts';
import { decideConfirm, decideConsoleConfirm } from './decide-confirm.ts';
import { adoptedFacts, lacksFacts, needsPasses } from './decide-settle.ts';
import { overdueChange } from './decide-trial.ts';
import type { Decision } from './decision.ts';
import { createNodeStore } from './node-store.ts';
import { createPrepareLine, type PrepareLine } from './prepare-line.ts';
import { createPublisher } from './publisher.ts';
import { isOverdue, isUnfinished } from './settings/decide-settings.ts';
import { planSet, reportOf } from './settings/plan-set.ts';
import { createSettingsStore } from './settings/settings-store.ts';
import { createSettingsKeeper } from './settings/settle-settings.ts';
import type { KnownWorld } from './world.ts';

/** Builds the agent; nothing is read or written before `start` or the first call. */
export function createAgent(deps: AgentDeps): Agent {
  const store = createNodeStore(deps);
  const settings = createSettingsStore({ ...deps.settings, log: deps.log });
  const keeper = createSettingsKeeper(settings, deps.log);
  const publisher = createPublisher(deps, { store, settings, keeper }, () => progressOf(line));
  const context: AgentContext = { deps, store, publisher, settings, keeper };
  const line = createPrepareLine(context);
  const armed = createArmedWatch(context);

  async function activate(request: ActivateRequest): Promise<PhaseAnswer> {
    try {
      return await decided(async (world) => {
        const decision = decideActivate(world, request);
        if (decision.kind === 'decided') return decision;
        const content = await deps.slots.inspect(decision.slot);
        const digest = await deps.slots.digest(decision.slot);
        return decideArm(world, request, { content, digest });
      });
    } finally {
      // Also after a failure: the reboot may have been refused when the slot was armed already.
      await watchArmed();
    }
  }

  /** Decides and acts; what changes something waits until no Prepare is at work in this process. */
  function decided(decide: (world: KnownWorld) => Promise<Decision>): Promise<PhaseAnswer> {
    return afterJobs(context, line, async (world) => {
      const decision = await decide(world);
      const mustWait = decision.change !== undefined && line.current() !== undefined;
      return mustWait ? undefined : carryOut(context, world, decision);
    });
  }

  const watchArmed = (): Promise<void> =>
    attempt(deps, 'look for an armed slot', () => armed.resume());

  return {
    start: async () => {
      await attempt(deps, 'settle', () => locked(context, async () => undefined));
      await attempt(deps, 'learn what the slots hold', () => adoptSlots(context));
      await watchArmed();
    },
    status: () => publisher.publish(),
    look: () => publisher.look(),
    prepare: (request, onProgress, signal) => line.prepare(request, onProgress, signal),
    activate,
    confirm: async (request) => {
      await attempt(deps, 'learn what the slots hold', () => adoptSlots(context));
      return locked(context, (world) => carryOut(context, world, decideConfirm(world, request)));
    },
    rollback: ({ version, confirmTimeoutSeconds, ...request }) =>
      activate({ ...request, target: { version }, confirmTimeoutSeconds }),
    cancel: (request) => decided(async (world) => decideCancel(world, request)),
    configure: (request) => configure(context, line, request),
    preview: (set) =>
      locked(context, async (world) =>
        reportOf(await planSet(deps.settings, world, set, { canCopySlot: true })),
      ),
    heldSettings: async () => {
      const { machineId } = await deps.machine.facts();
      const { before, after } = (await settings.look(machineId)).wanted;
      return {
        ...(before === undefined ? {} : { before: before.set }),
        ...(after === undefined ? {} : { after: after.set }),
      };
    },
    checkDrift: () => checkDrift(context),
    returnPass: () => returnPass(context),
    consoleRollback: () =>
      locked(context, async (world) => {
        const decision = decideConsoleRollback(world);
        const answer = await carryOut(context, world, decision);
        return { ...answer, reboots: decision.change?.reboot === true };
      }),
    consoleConfirm: () =>
      locked(context, (world) => carryOut(context, world, decideConsoleConfirm(world))),
    release: () =>
      locked(context, async (world) => {
        if (world.record.held) await change(context, world, releaseChange(world));
      }),
    isIdle: () => line.current() === undefined && !armed.isOn(),
    stop: async () => {
      armed.stop();
      await line.stop();
    },
  };
}

async function returnPass(context: AgentContext): Promise<ReturnPassResult> {
  const { store, publisher, settings, deps } = context;
  const before = store.changes();
  try {
    return await store.locked(async (found) => {
      const overdue = overdueChange(found);
      if (overdue !== undefined) {
        await store.apply(found, overdue);
        return 'returned';
      }
      const { world } = await settled(context, found);
      const state = await settings.look(world.facts.machineId);
      if (state.undo !== undefined && isOverdue(world, state)) {
        // Told once it is so: the node goes back to the cluster with that word.
        await settings.giveBack(world, state, state.undo);
        await change(context, world, unconfirmedChange(world, state));
        return 'returned';
      }
      // Under the lock: nobody arms a slot or puts settings on trial in between.
      if (!needsPasses(world) && !isUnfinished(state))
        await attempt(deps, 'stop the timers', () => deps.timer.stop());
      return 'nothing';
    });
  } catch (error) {
    if (hasCode(error, 'BUSY') && !(await isOverdueNow(context))) return 'nothing';
    // The unit of a failed pass reboots: a trial that cannot be ended in another way ends so, a good system never would.
    if (await store.isTrialPossible()) throw error;
    deps.log.error({ error }, 'Could not carry out the return pass; the system is not on trial');
    return 'nothing';
  } finally {
    if (store.changes() > before) await attempt(deps, 'publish', () => publisher.publish());
  }
}

/** Whoever holds the lock may be restarting programs for a trial, which takes a while. */
async function isOverdueNow({ store }: AgentContext): Promise<boolean> {
  const world = await store.look();
  const booted = world.facts.bootedSlot;
  return booted === undefined || overdueChange({ ...world, booted }) !== undefined;
}

/** A slot that boots but was never written by us gets its digest, so that others can name it. */
async function adoptSlots(context: AgentContext): Promise<void> {
  const { store, deps } = context;
  const world = await store.look();
  for (const slot of slotNames) {
    if (lacksFacts(world, slot)) await adopt(context, slot);
  }
  async function adopt({ deps: { slots } }: AgentContext, slot: SlotName): Promise<void> {
    const content = await slots.inspect(slot);
    const slotDigest = await slots.digest(slot);
    deps.log.info({ slot, slotDigest }, 'Adopting a slot');
    await locked(context, async (now) => {
      if (lacksFacts(now, slot))
        await store.apply(now, adoptedFacts(now, slot, content, slotDigest));
    });
  }
}

function progressOf(line: PrepareLine): ReturnType<Parameters<typeof createPublisher>[2]> {
  const job = line.current();
  const progress = job?.progress();
  return job === undefined || progress === undefined ? undefined : { seq: job.seq, progress };
}
