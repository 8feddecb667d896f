/** The agent's calls, each under the node's lock: look, put right, decide, change, publish. */
import { slotNames, type SlotName } from '../api/operation.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { ActivateRequest, Agent, AgentDeps, ReturnPassResult } from './agent.ts';
import { createArmedWatch } from './armed-watch.ts';
import { carryOut, locked, type AgentContext } from './calls.ts';
import { decideActivate, decideArm } from './decide-activate.ts';
import { decideCancel, decideConsoleRollback, releaseChange } from './decide-cancel.ts';
import { decideConfirm, decideConsoleConfirm } from './decide-confirm.ts';
import { adoptedFacts, lacksFacts, needsPasses } from './decide-settle.ts';
import { overdueChange } from './decide-trial.ts';
import type { Decision } from './decision.ts';
import { createNodeStore } from './node-store.ts';
import { createPrepareLine, type PrepareLine } from './prepare-line.ts';
import { createPublisher } from './publisher.ts';
import type { KnownWorld } from './world.ts';

/** Builds the agent; nothing is read or written before `start` or the first call. */
export function createAgent(deps: AgentDeps): Agent {
  const store = createNodeStore(deps);
  const publisher = createPublisher(deps, store, () => progressOf(line));
  const context: AgentContext = { deps, store, publisher };
  const line = createPrepareLine(context);
  const armed = createArmedWatch(context);

  async function activate(request: ActivateRequest): Promise<PhaseAnswer> {
    try {
      return await afterJobs(context, line, async (world) => {
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
    cancel: (request) => afterJobs(context, line, async (world) => decideCancel(world, request)),
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
        if (world.record.held) await store.apply(world, releaseChange(world));
      }),
    isIdle: () => line.current() === undefined && !armed.isOn(),
    stop: async () => {
      armed.stop();
      await line.stop();
    },
  };
}

/**
 * Decides and acts; where that would change something while another Prepare is at work in this process, the work is ended
 * first and everything is decided anew.
 */
async function afterJobs(
  context: AgentContext,
  line: PrepareLine,
  decide: (world: KnownWorld) => Promise<Decision>,
): Promise<PhaseAnswer> {
  for (;;) {
    const done = await locked(context, async (world) => {
      const decision = await decide(world);
      const mustWait = decision.change !== undefined && line.current() !== undefined;
      return mustWait ? undefined : carryOut(context, world, decision);
    });
    if (done !== undefined) return done;
    await line.stop();
  }
}

async function returnPass(context: AgentContext): Promise<ReturnPassResult> {
  const { store, publisher, deps } = context;
  const before = store.changes();
  try {
    return await store.locked(async (world) => {
      const change = overdueChange(world);
      if (change !== undefined) {
        await store.apply(world, change);
        return 'returned';
      }
      // Under the lock: nobody arms a slot in between.
      if (!needsPasses(world)) await attempt(deps, 'stop the timers', () => deps.timer.stop());
      return 'nothing';
    });
  } catch (error) {
    // The unit of a failed pass reboots: a trial that cannot be ended in another way ends so, a good system never would.
    if (await store.isTrialPossible()) throw error;
    deps.log.error({ error }, 'Could not carry out the return pass; the system is not on trial');
    return 'nothing';
  } finally {
    if (store.changes() > before) await attempt(deps, 'publish', () => publisher.publish());
  }
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

async function attempt(
  { log }: AgentDeps,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ error, what }, 'Could not carry out a part of the work; it is tried again later');
  }
}

function progressOf(line: PrepareLine): ReturnType<Parameters<typeof createPublisher>[2]> {
  const job = line.current();
  const progress = job?.progress();
  return job === undefined || progress === undefined ? undefined : { seq: job.seq, progress };
}
