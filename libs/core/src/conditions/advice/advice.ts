/** What a person does about a reason. */

/** Pages of `docs/runbooks`, without their ending. */
export const runbooks = [
  'boot-failed',
  'console',
  'crd-outdated',
  'disk',
  'drain',
  'max-failures',
  'node-lost',
  'operator',
  'payload',
  'proxy-silent',
  'records',
  'rollback-impossible',
  'settings',
  'waiting',
] as const;

/** A page of `docs/runbooks`. */
export type Runbook = (typeof runbooks)[number];

/** What ends a wait or a failure. */
export interface Advice {
  /** One or two sentences: who has to do what, or that it passes by itself. */
  readonly unblocks: string;
  /** Where it is explained. Absent where nothing waits and nothing failed. */
  readonly runbook?: Runbook;
}

/** Advice that is explained on one page. */
export function on(runbook: Runbook): (unblocks: string) => Advice {
  return (unblocks) => ({ unblocks, runbook });
}

/** All is well. */
export const nothingToDo: Advice = { unblocks: 'Nothing to do.' };
