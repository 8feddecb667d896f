/** The loop of os-proxy: looks, decides, carries out. It runs in the program and in the simulator alike. */
import type { AgentStatus } from '../api/agent-status.ts';
import { assertNever, hasCode, KubeosError } from '../errors/index.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { operationFields } from '../lifecycle/operation-fields.ts';
import type { Requeue } from '../lifecycle/requeue.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { AgentCalls, AgentSnapshot, OwnInstance, StatusPatch } from '../ports/proxy.ts';
import { createAgentLine } from './agent-line.ts';
import { retryPauseMs } from './call-state.ts';
import { decideProxy, type ProxyAction, type ProxyWait } from './decide-proxy.ts';

/** What the proxy is built from. */
export interface ProxyDeps {
  readonly instance: OwnInstance;
  readonly agent: AgentCalls;
  readonly snapshot: AgentSnapshot;
  readonly clock: Clock;
  readonly log: Log;
  /** UID of the Node this proxy runs on; `undefined` while it is not known. */
  readonly nodeUid: () => string | undefined;
  readonly proxyVersion: string;
  /** Called when a pass is due for a reason that no watch shows: a call has made progress or has ended. */
  readonly wake: () => void;
}

/** The proxy of one node. */
export interface Proxy {
  /** Looks once and does what is due; tells when to look again at the latest. Never throws. One pass at a time. */
  pass(): Promise<Requeue>;
  /** Lets go of an open call. The agent's work goes on; the next proxy finds it. */
  stop(): Promise<void>;
}

/** An action may show that what was decided on is out of date; then the newer instance is decided on. */
type Outcome =
  { readonly kind: 'done' } | { readonly kind: 'newer'; readonly instance: OsInstance | undefined };

type Executors = {
  readonly [K in ProxyAction['type']]: (
    action: Extract<ProxyAction, { type: K }>,
    instance: OsInstance | undefined,
  ) => Promise<Outcome>;
};

const done: Outcome = { kind: 'done' };

/** Rounds of deciding in one pass: acknowledge, call, report and one conflict, with room to spare. */
const roundLimit = 6;

/** For so long our own last write is believed over a watch that shows an older object. */
const ownWriteMs = 15_000;

/** What a failed pass leaves behind: progress of the agent rings all the time and must not end the pause. */
interface Pause {
  readonly untilMs: number;
  readonly isCallOpen: boolean;
  readonly resourceVersion: string | undefined;
}

/** Builds the proxy; it does nothing before the first pass. */
export function createProxy(deps: ProxyDeps): Proxy {
  const line = createAgentLine(deps);
  /** Our own last write, until the watch has caught up with it. */
  let own: { readonly instance: OsInstance; readonly atMs: number } | undefined;
  let lastReportMs: number | undefined;
  let failures = 0;
  let pause: Pause | undefined;
  let told: ProxyWait | undefined;

  const executors: Executors = {
    async endCall() {
      line.hangUp();
      return done;
    },
    async startCall(action, instance) {
      if (action.consistent) {
        const fresh = await deps.instance.read();
        if (!isStillAsked(fresh, action.key, deps.nodeUid())) {
          return { kind: 'newer', instance: fresh };
        }
      }
      const fields = fieldsOf(instance);
      deps.log.info({ ...fields, ...action.key }, 'Calling the agent');
      line.call(action.key, action.call, agentStatus()?.bootId, fields);
      return done;
    },
    async report(action, instance) {
      return instance === undefined ? done : write(instance, action.patch);
    },
  };

  function agentStatus(): AgentStatus | undefined {
    return deps.snapshot.current() ?? line.answeredStatus();
  }

  async function write(instance: OsInstance, patch: StatusPatch): Promise<Outcome> {
    try {
      const written = await deps.instance.writeStatus(instance, patch);
      lastReportMs = deps.clock.now().monotonicMs;
      own = { instance: written, atMs: lastReportMs };
      return { kind: 'newer', instance: written };
    } catch (error) {
      if (!hasCode(error, 'CONFLICT', 'NOT_FOUND')) throw error;
      return { kind: 'newer', instance: await deps.instance.read() };
    }
  }

  function observe(): OsInstance | undefined {
    const seen = deps.instance.cached();
    if (own === undefined || seen === undefined) return seen;
    // Not for ever: an API server that was restored from a backup counts anew from below.
    const isFresh = deps.clock.now().monotonicMs - own.atMs < ownWriteMs;
    return isFresh && isOlder(seen, own.instance) ? own.instance : seen;
  }

  /** Milliseconds until a pass may be tried again. An ended call and a changed object are worth a try at once. */
  function pauseLeftMs(): number {
    if (pause === undefined) return 0;
    const hasCallEnded = pause.isCallOpen && line.state().kind !== 'open';
    const isChanged = deps.instance.cached()?.resourceVersion !== pause.resourceVersion;
    return hasCallEnded || isChanged ? 0 : pause.untilMs - deps.clock.now().monotonicMs;
  }

  function pauseAfterFailure(): void {
    failures += 1;
    pause = {
      untilMs: deps.clock.now().monotonicMs + retryPauseMs(failures),
      isCallOpen: line.state().kind === 'open',
      resourceVersion: deps.instance.cached()?.resourceVersion,
    };
  }

  function decide(instance: OsInstance | undefined): ReturnType<typeof decideProxy> {
    const { nodeUid, proxyVersion, clock } = deps;
    const decision = decideProxy(
      {
        instance,
        agent: agentStatus(),
        call: line.state(),
        nodeUid: nodeUid(),
        proxyVersion,
        lastReportMs,
      },
      clock.now(),
    );
    if (decision.waiting !== told) {
      told = decision.waiting;
      deps.log.debug({ node: instance?.name, waiting: told }, 'Waiting');
    }
    return decision;
  }

  async function rounds(): Promise<Requeue> {
    let instance = observe();
    for (let round = 0; round < roundLimit; round += 1) {
      const decision = decide(instance);
      let isOutdated = false;
      for (const action of decision.actions) {
        const outcome = await execute(executors, action, instance);
        if (outcome.kind === 'done') continue;
        instance = outcome.instance;
        isOutdated = true;
        break;
      }
      if (!isOutdated) return decision.requeue;
    }
    return { kind: 'after', seconds: 1 };
  }

  return {
    async pass() {
      const leftMs = pauseLeftMs();
      if (leftMs > 0) return { kind: 'after', seconds: leftMs / 1000 };
      try {
        const requeue = await rounds();
        failures = 0;
        pause = undefined;
        return requeue;
      } catch (thrown) {
        const error = KubeosError.from(thrown);
        pauseAfterFailure();
        const fields = fieldsOf(deps.instance.cached());
        deps.log.warn({ ...fields, error, attempt: failures }, 'Failed to carry out a pass');
        return { kind: 'backoff', attempt: failures };
      }
    },
    stop: () => line.stop(),
  };
}

/** By which a line of the log is found: the node, and the operation that is open on it. */
function fieldsOf(instance: OsInstance | undefined): LogFields {
  const operation = instance?.spec.operation;
  if (instance === undefined || operation === undefined) return { node: instance?.name };
  return operationFields(instance.name, operation);
}

function isStillAsked(
  fresh: OsInstance | undefined,
  key: { readonly seq: number; readonly phase: string },
  nodeUid: string | undefined,
): boolean {
  const operation = fresh?.spec.operation;
  return (
    operation?.seq === key.seq && operation.phase === key.phase && operation.nodeUid === nodeUid
  );
}

/** Versions of one resource compare as numbers. */
function isOlder(seen: OsInstance, than: OsInstance): boolean {
  return Number(seen.resourceVersion) < Number(than.resourceVersion);
}

async function execute(
  executors: Executors,
  action: ProxyAction,
  instance: OsInstance | undefined,
): Promise<Outcome> {
  switch (action.type) {
    case 'endCall':
      return executors.endCall(action, instance);
    case 'startCall':
      return executors.startCall(action, instance);
    case 'report':
      return executors.report(action, instance);
    default:
      return assertNever(action);
  }
}
