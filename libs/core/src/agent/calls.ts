/** One call of the agent: under the lock decide and act, afterwards publish, whatever came out. */
import type { AgentDeps } from './agent.ts';
import type { Change, Decision } from './decision.ts';
import type { NodeStore } from './node-store.ts';
import type { Publisher } from './publisher.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
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
  { store, publisher, keeper, deps }: AgentContext,
  work: (world: KnownWorld) => Promise<T>,
): Promise<T> {
  try {
    return await store.locked(async (world) => {
      await keeper.settle(world);
      return work(world);
    });
  } finally {
    try {
      await publisher.publish();
    } catch (error) {
      deps.log.error({ error }, 'Could not publish after a call');
    }
  }
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
