import {
  createAgent,
  KubeosError,
  type Agent,
  type AgentCalls,
  type AgentDeps,
} from '@kubeos/core';
import { Actor, type ActorSurroundings } from '../engine/actor.ts';
import type { CancelEvent } from '../engine/scheduler.ts';
import { createAgentPorts, type AgentPortsDeps } from './agent-ports.ts';
import type { Session } from './machine.ts';

/** What an agent's surroundings on its node are. */
export interface AgentHostDeps extends Omit<
  AgentPortsDeps,
  'actor' | 'session' | 'scheduler' | 'publish' | 'startTimer' | 'stopTimers'
> {
  readonly surroundings: ActorSurroundings;
  readonly log: AgentDeps['log'];
  /** Replaces ports of every agent process; how a test plants a fault. */
  readonly tamper: (deps: AgentDeps) => AgentDeps;
  readonly readPublished: () => string | undefined;
  readonly publish: (session: Session, text: string) => void;
  readonly onDefect: (thrown: unknown) => void;
}

/** Boots on which `os-agent-return.timer` runs: those that can be a trial that the boot loader counts, or follow one. */
const trialBoots: ReadonlySet<Session['why']> = new Set(['trial', 'manual']);
/** The units that run `os-agent return`. That of trials reboots the machine when a pass fails. */
const passUnits = {
  'os-agent-return': { periodMs: 15_000, reboots: true },
  'os-agent-deadline': { periodMs: 60_000, reboots: false },
} as const;
type PassUnit = keyof typeof passUnits;
/** `TimeoutStartSec` of `os-agent return`. */
const returnTimeoutMs = 60_000;
/** `TimeoutStartSec` of `os-agent-boot.service`. */
const bootTimeoutMs = 90_000;
/** An agent without work leaves after this time. */
const idleMs = 20_000;

/** The agent processes of one node: the daemon that its socket starts, the boot unit and the return timer. */
export class AgentHost {
  private readonly deps: AgentHostDeps;
  private session: Session | undefined;
  private readonly actors = new Set<Actor>();
  private daemon: { readonly actor: Actor; readonly agent: Agent } | undefined;
  private lastUsedMs = 0;
  /** The boot in which somebody typed `confirm`. */
  private confirmedByHand: Session | undefined;
  /** The timers that run, each with its next pass unless one is going on. */
  private readonly timers = new Map<PassUnit, CancelEvent | undefined>();

  constructor(deps: AgentHostDeps) {
    const { machine, surroundings } = deps;
    this.deps = {
      ...deps,
      surroundings: { ...surroundings, cutPower: () => machine.cutPower(0) },
    };
  }

  /** os-agent can run from now on; `onBooted` is called when its boot unit lets go of what is ordered after it. */
  begin(session: Session, onBooted: () => void): void {
    this.session = session;
    if (session.image.reach === 'agent') this.runBootUnit(session, onBooted);
    else onBooted();
    this.startTimer('os-agent-deadline', session);
    if (trialBoots.has(session.why)) this.startTimer('os-agent-return', session);
  }

  /** The machine went down, and everything with it. */
  end(): void {
    this.session = undefined;
    this.stopTimers();
    this.daemon = undefined;
    for (const actor of this.actors) actor.kill();
    this.actors.clear();
  }

  /** Kills the daemon, as an out-of-memory killer would; false when none runs. */
  crashDaemon(): boolean {
    const wasAlive = this.daemon?.actor.alive === true;
    this.daemon?.actor.kill();
    return wasAlive;
  }

  /** What a person types at the console; runs in a process of its own. False when nobody is there to be told. */
  console(what: string, act: (agent: Agent) => Promise<unknown>): boolean {
    const { session } = this;
    if (session?.reached !== true || session.image.reach !== 'agent') return false;
    if (what === 'confirm') this.confirmedByHand = session;
    this.once(`console ${what}`, session, async (agent) => {
      try {
        await act(agent);
      } catch (thrown) {
        this.deps.log.info({ node: this.deps.node, error: thrown }, 'Console command refused');
      }
    });
    return true;
  }

  /** True when somebody typed `confirm` in this boot. */
  isConfirmedByHand(session: Session): boolean {
    return this.confirmedByHand === session;
  }

  /** The agent API as one caller on the node reaches it. */
  callsOf(caller: Actor): AgentCalls {
    const rpc = <T>(
      point: string,
      signal: AbortSignal,
      work: (agent: Agent) => Promise<T>,
    ): Promise<T> => this.call(caller, point, signal, work);
    const { scheduler } = this.deps.surroundings;
    return {
      getStatus: (signal) => rpc('getStatus', signal, (agent) => agent.status()),
      prepare: (request, onProgress, signal) =>
        rpc(`prepare #${String(request.seq)}`, signal, (agent) =>
          agent.prepare(
            request,
            (progress) => {
              scheduler.after(0, () => {
                if (!caller.alive || signal.aborted) return;
                scheduler.noteWake();
                onProgress(progress);
              });
            },
            signal,
          ),
        ),
      activate: (request, signal) =>
        rpc(`activate #${String(request.seq)}`, signal, (agent) => agent.activate(request)),
      confirm: (request, signal) =>
        rpc(`confirm #${String(request.seq)}`, signal, (agent) => agent.confirm(request)),
      rollback: (request, signal) =>
        rpc(`rollback #${String(request.seq)}`, signal, (agent) => agent.rollback(request)),
      configure: (request, signal) =>
        rpc(`configure ${request.phase} #${String(request.seq)}`, signal, (agent) =>
          agent.configure(request),
        ),
      cancel: (request, signal) =>
        rpc(`cancel #${String(request.seq)}`, signal, (agent) => agent.cancel(request)),
    };
  }

  private async call<T>(
    caller: Actor,
    point: string,
    signal: AbortSignal,
    work: (agent: Agent) => Promise<T>,
  ): Promise<T> {
    const { scheduler } = this.deps.surroundings;
    const daemon = await caller.call(`agent.${point}`, () => this.reachDaemon());
    signal.throwIfAborted();
    scheduler.noteActivity();
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const settle = (finish: () => void): void => {
        if (settled) return;
        settled = true;
        signal.removeEventListener('abort', onAbort);
        daemon.actor.offKill(onKill);
        if (!caller.alive) return;
        scheduler.noteWake();
        finish();
      };
      const answer = (finish: () => void): void =>
        void scheduler.after(this.answerMs(caller), () => settle(finish));
      const onAbort = (): void => settle(() => reject(new Error('The call was given up')));
      const onKill = (): void =>
        answer(() => reject(new KubeosError('AGENT_UNREACHABLE', 'The agent went away')));
      signal.addEventListener('abort', onAbort, { once: true });
      daemon.actor.onKill(onKill);
      daemon.actor.spawn(async () => {
        try {
          const value = await work(daemon.agent);
          answer(() => resolve(value));
        } catch (thrown) {
          const error = KubeosError.from(thrown);
          answer(() => reject(error));
        }
        this.lastUsedMs = scheduler.now;
      }, this.deps.onDefect);
    });
  }

  private answerMs(caller: Actor): number {
    return this.deps.surroundings.weather().latencyMs(caller, 'agent.answer');
  }

  /** The socket starts the daemon when nobody listens. */
  private reachDaemon(): { readonly actor: Actor; readonly agent: Agent } {
    const { session } = this;
    if (session?.reached !== true || session.image.reach !== 'agent') {
      throw new KubeosError('AGENT_UNREACHABLE', 'Calling the agent: nobody answers');
    }
    const running = this.daemon;
    const { scheduler } = this.deps.surroundings;
    const isGone =
      running?.actor.alive !== true ||
      (running.agent.isIdle() && scheduler.now - this.lastUsedMs > idleMs);
    if (running !== undefined && !isGone) return running;
    running?.actor.kill();
    const actor = this.newActor('daemon');
    const agent = this.createAgent(actor, session);
    const daemon = { actor, agent };
    this.daemon = daemon;
    actor.spawn(() => agent.start(), this.deps.onDefect);
    return daemon;
  }

  /** `os-agent-boot.service`: whatever becomes of it, the programs after it start. */
  private runBootUnit(session: Session, onBooted: () => void): void {
    let isOver = false;
    const over = (): void => {
      if (!isOver && this.session === session) onBooted();
      isOver = true;
    };
    const actor = this.once('boot', session, async (agent) => {
      await agent.start();
      over();
    });
    actor.onKill(over);
    this.deps.surroundings.scheduler.after(bootTimeoutMs, over);
  }

  private startTimer(unit: PassUnit, session: Session): void {
    if (this.timers.has(unit)) return;
    this.timers.set(unit, undefined);
    this.armTimer(unit, session);
  }

  private stopTimers(): void {
    for (const cancel of this.timers.values()) cancel?.();
    this.timers.clear();
  }

  /** The next pass, a while after the last one. */
  private armTimer(unit: PassUnit, session: Session): void {
    if (this.session !== session || !this.timers.has(unit)) return;
    const fire = (): void => {
      if (session.image.reach === 'brokenAgent') this.failPass(unit, session);
      else this.runReturn(unit, session);
    };
    const { scheduler } = this.deps.surroundings;
    this.timers.set(unit, scheduler.after(passUnits[unit].periodMs, fire));
  }

  /** `os-agent return` with its limits. */
  private runReturn(unit: PassUnit, session: Session): void {
    let ended = false;
    const actor = this.once('return', session, async (agent) => {
      await agent.returnPass();
      ended = true;
      this.armTimer(unit, session);
    });
    actor.onKill(() => {
      if (!ended) this.failPass(unit, session);
    });
    this.deps.surroundings.scheduler.after(returnTimeoutMs, () => actor.kill());
  }

  private failPass(unit: PassUnit, session: Session): void {
    if (this.session !== session) return;
    if (passUnits[unit].reboots) this.deps.machine.orderReboot('unit');
    else this.armTimer(unit, session);
  }

  private once(name: string, session: Session, act: (agent: Agent) => Promise<unknown>): Actor {
    const actor = this.newActor(name);
    const agent = this.createAgent(actor, session);
    actor.spawn(
      async () => {
        await act(agent);
        this.actors.delete(actor);
      },
      (thrown) => {
        this.deps.log.warn({ node: this.deps.node, error: thrown }, 'Agent command failed');
        actor.kill();
      },
    );
    return actor;
  }

  private newActor(name: string): Actor {
    const actor = new Actor(`agent/${this.deps.node}/${name}`, this.deps.surroundings);
    this.actors.add(actor);
    actor.onKill(() => void this.actors.delete(actor));
    return actor;
  }

  private createAgent(actor: Actor, session: Session): Agent {
    const { deps } = this;
    const ports = createAgentPorts({
      ...deps,
      actor,
      session,
      scheduler: deps.surroundings.scheduler,
      publish: (text) => deps.publish(session, text),
      startTimer: () => this.startTimer('os-agent-deadline', session),
      stopTimers: () => this.stopTimers(),
    });
    return createAgent(
      deps.tamper({
        ...ports,
        log: deps.log,
        agentVersion: session.image.agentVersion,
        capabilities: session.image.capabilities,
      }),
    );
  }
}
