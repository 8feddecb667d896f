/** One call of the agent: under the lock decide and act, afterwards publish, whatever came out. */
import type { AgentDeps } from './agent.ts';
import { hasLostTrial, unconfirmedChange } from './decide-configure.ts';
import type { Change, Decision } from './decision.ts';
import type { NodeStore } from './node-store.ts';
import type { Publisher } from './publisher.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { SettingsState } from './settings/settings-state.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import type { SettingsKeeper } from './settings/settle-settings.ts';
import type { KnownWorld } from './world.ts';

/** What all calls share. */
export interface AgentContext {
  readonly deps: AgentDeps;
  readonly store: NodeStore;
  readonly publisher: Publisher;
  readonly settings: SettingsStore;
  readonly keeper: SettingsKeeper;
}

/** Works under the lock, with the settings settled; the snapshot follows also after a failure, which changes may precede. */
export async function locked<T>(
  context: AgentContext,
  work: (world: KnownWorld) => Promise<T>,
): Promise<T> {
  const { store, publisher, deps } = context;
  try {
    return await store.locked(async (world) => work((await settled(context, world)).world));
  } finally {
    try {
      await publisher.publish();
    } catch (error) {
      deps.log.error({ error }, 'Could not publish after a call');
    }
  }
}

/** The node with its settings settled; an operation whose settings have gone back has ended. */
export async function settled(
  { store, keeper }: AgentContext,
  world: KnownWorld,
): Promise<{ readonly world: KnownWorld; readonly state: SettingsState | undefined }> {
  const state = await keeper.settle(world);
  const isLost = state !== undefined && hasLostTrial(world, state);
  return {
    world: isLost ? await store.apply(world, unconfirmedChange(world, state)) : world,
    state,
  };
}

/** Makes the change of a decision, then gives its outcome. */
export async function carryOut(
  context: AgentContext,
  world: KnownWorld,
  decision: Decision,
): Promise<PhaseAnswer> {
  if (decision.change !== undefined) await change(context, world, decision.change);
  if (decision.outcome.kind === 'error') throw decision.outcome.error;
  return decision.outcome.answer;
}

/** Makes a change, and has the settings follow it. */
export async function change(
  { store, keeper }: AgentContext,
  world: KnownWorld,
  wanted: Change,
): Promise<KnownWorld> {
  const next = await store.apply(world, wanted);
  await keeper.settle(next);
  return next;
}

/** Work that is tried again later when it fails. */
export async function attempt(
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
