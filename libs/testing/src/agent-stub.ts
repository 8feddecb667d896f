/** An agent that answers what a test tells it to. */
import { KubeosError } from '@kubeos/core';
import type { Agent } from '@kubeos/core';

/** The part of the agent that is served to others. */
export type StubbedAgent = Pick<
  Agent,
  | ('status' | 'prepare' | 'activate' | 'confirm' | 'rollback' | 'cancel')
  | ('configure' | 'preview' | 'heldSettings' | 'checkDrift')
>;

/** An agent whose calls fail with `UNSUPPORTED`, but for those that are given. */
export function stubAgent(calls: Partial<StubbedAgent> = {}): StubbedAgent {
  const refuse = async (): Promise<never> => {
    throw new KubeosError('UNSUPPORTED', 'This stub was not told what to answer');
  };
  return {
    status: refuse,
    prepare: refuse,
    activate: refuse,
    confirm: refuse,
    rollback: refuse,
    cancel: refuse,
    configure: refuse,
    preview: refuse,
    heldSettings: refuse,
    checkDrift: refuse,
    ...calls,
  };
}
