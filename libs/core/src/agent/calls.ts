/** One call of the agent: under the lock decide and act, afterwards publish, whatever came out. */
import type { AgentDeps } from './agent.ts';
import type { Decision } from './decision.ts';
import type { NodeStore } from './node-store.ts';
import type { Publisher } from './publisher.ts';
import type { PhaseAnswer } from '../ports/proxy.ts';
import type { KnownWorld } from './world.ts';

/** What all calls share. */
export interface AgentContext {
  readonly deps: AgentDeps;
  readonly store: NodeStore;
  readonly publisher: Publisher;
}

/** Works under the lock; the snapshot follows also after a failure, which changes may precede. */
export async function locked<T>(
  { store, publisher, deps }: AgentContext,
  work: (world: KnownWorld) => Promise<T>,
): Promise<T> {
  try {
    return await store.locked(work);
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
  { store }: AgentContext,
  world: KnownWorld,
  decision: Decision,
): Promise<PhaseAnswer> {
  if (decision.change !== undefined) await store.apply(world, decision.change);
  if (decision.outcome.kind === 'error') throw decision.outcome.error;
  return decision.outcome.answer;
}
