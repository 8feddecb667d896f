/** The one call that a proxy has open to its agent, from its start to its answer. */
import type { AgentStatus } from '../api/agent-status.ts';
import { assertNever, KubeosError } from '../errors/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { AgentCalls, PhaseAnswer } from '../ports/proxy.ts';
import { isSameKey, retryPauseMs, type CallKey, type CallState } from './call-state.ts';
import type { PhaseCall } from './phase-demand.ts';
import { withSilenceLimit } from './silence-limit.ts';

/** What the line needs. */
export interface AgentLineDeps {
  readonly agent: AgentCalls;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}

/** At most one call at a time. */
export interface AgentLine {
  state(): CallState;
  /** The answer of the last `getStatus`, for as long as there is no snapshot. */
  answeredStatus(): AgentStatus | undefined;
  /**
   * Starts a call and returns at once; the state tells how it goes on, `wake` when it changes.
   *
   * @param fields what a line about its failure is found by
   */
  call(key: CallKey, wanted: PhaseCall, bootId: string | undefined, fields: LogFields): void;
  /** Lets go of the open call and forgets it. */
  hangUp(): void;
  /** Lets go and waits until nothing runs any more. */
  stop(): Promise<void>;
}

type Open = Extract<CallState, { kind: 'open' }>;

/**
 * Longest silence of the agent in seconds. Activate reads a whole slot before it answers, Configure may copy one, Cancel
 * waits for a write to end; Prepare shows progress, and gives up by itself after 10 minutes without a byte.
 */
const silenceSeconds: Readonly<Record<PhaseCall['type'], number>> = {
  getStatus: 30,
  prepare: 900,
  activate: 900,
  confirm: 120,
  configure: 900,
  cancel: 900,
};

/** Builds the line; nothing is called yet. */
export function createAgentLine(deps: AgentLineDeps): AgentLine {
  let state: CallState = { kind: 'none' };
  let status: AgentStatus | undefined;
  let running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  function set(next: CallState): void {
    state = next;
    deps.wake();
  }

  async function run(
    open: Open,
    wanted: PhaseCall,
    bootId: string | undefined,
    fields: LogFields,
    abort: AbortController,
  ): Promise<void> {
    const { signal } = abort;
    const isOurs = (): boolean => !signal.aborted && state.kind === 'open';
    try {
      const answer = await withSilenceLimit(
        deps.clock,
        silenceSeconds[wanted.type],
        signal,
        (limited, heard) =>
          ask(deps.agent, wanted, limited, (progress) => {
            heard();
            if (isOurs()) set({ kind: 'open', key: open.key, failures: open.failures, progress });
          }),
      );
      if (!isOurs()) return;
      if ('apiVersion' in answer) status = answer;
      const result = 'apiVersion' in answer ? {} : { result: answer.result };
      const atMs = deps.clock.now().monotonicMs;
      set({
        kind: 'answered',
        key: open.key,
        ...result,
        ...(bootId === undefined ? {} : { bootId }),
        atMs,
      });
    } catch (thrown) {
      if (isOurs()) fail(open, KubeosError.from(thrown), fields);
    }
  }

  function fail(open: Open, error: KubeosError, fields: LogFields): void {
    const hadProgress = state.kind === 'open' && state.progress !== undefined;
    const failures = hadProgress ? 1 : open.failures + 1;
    deps.log.warn(
      { ...fields, ...open.key, error, attempt: failures },
      'Failed to carry out a phase on the agent',
    );
    const retryAtMs = deps.clock.now().monotonicMs + retryPauseMs(failures);
    const failure = { code: error.code, message: error.message };
    set({ kind: 'failed', key: open.key, failures, failure, retryAtMs });
  }

  function hangUp(): void {
    running?.abort.abort();
    state = { kind: 'none' };
  }

  return {
    state: () => state,
    answeredStatus: () => status,
    call(key, wanted, bootId, fields) {
      running?.abort.abort();
      const again = state.kind === 'failed' && isSameKey(state.key, key) ? state : undefined;
      const failure = again === undefined ? {} : { failure: again.failure };
      const open: Open = { kind: 'open', key, failures: again?.failures ?? 0, ...failure };
      state = open;
      const abort = new AbortController();
      running = { abort, ended: run(open, wanted, bootId, fields, abort) };
    },
    hangUp,
    async stop() {
      const { ended } = running ?? {};
      hangUp();
      await ended;
    },
  };
}

async function ask(
  agent: AgentCalls,
  wanted: PhaseCall,
  signal: AbortSignal,
  onProgress: Parameters<AgentCalls['prepare']>[1],
): Promise<PhaseAnswer | AgentStatus> {
  switch (wanted.type) {
    case 'getStatus':
      return agent.getStatus(signal);
    case 'prepare':
      return agent.prepare(wanted.request, onProgress, signal);
    case 'activate':
      return agent.activate(wanted.request, signal);
    case 'confirm':
      return agent.confirm(wanted.request, signal);
    case 'configure':
      return agent.configure(wanted.request, signal);
    case 'cancel':
      return agent.cancel(wanted.request, signal);
    default:
      return assertNever(wanted);
  }
}
