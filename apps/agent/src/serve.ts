/** `os-agent serve`: answers calls until nobody needs it any more. */
import { createServer } from 'node:net';
import { createAgentServer } from '@kubeos/agent-api';
import type { TcpListener } from '@kubeos/agent-api';
import type { Agent, Clock, Log } from '@kubeos/core';
import { aborted } from './aborted.ts';
import { createQuiet, sleepOrStop } from './quiet.ts';
import { listenAt } from './socket.ts';
import type { ListenAt } from './socket.ts';

/** Time that running calls get to answer when the agent is told to end, before a reboot above all. */
const graceMs = 10_000;

/** Where a call has started the agent: how long that call has the machine for itself. */
const firstCallMs = 200;

/** What serving needs. */
export interface ServeOptions {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly log: Log;
  readonly where: ListenAt;
  readonly tcp?: TcpListener;
  /** Seconds of quiet after which it ends; absent when nobody would start it again. */
  readonly idleSeconds?: number;
  /** Ends it from outside. */
  readonly stop: AbortSignal;
}

/** Serves until it is idle or told to stop. Nothing is lost with a call that comes too late: its client repeats it. */
export async function serve(options: ServeOptions): Promise<void> {
  const { agent, clock, log, where, tcp, stop } = options;
  let isStarting = true;
  const quiet = createQuiet(clock, () => isStarting || !agent.isIdle());
  const server = createAgentServer(agent, { onCalls: (running) => quiet.onCalls(running) });
  // Each call puts the node in order by itself; what there is to do beside that can wait for the first answer.
  const startAfterCall = async () => {
    if (where.kind === 'inherited') await sleepOrStop(clock, firstCallMs, stop);
    if (!stop.aborted) await agent.start();
  };
  const listener = createServer((connection) => server.accept(connection));
  try {
    // The handed over socket last: should the other one fail, callers can still be turned away on it.
    const port = tcp === undefined ? undefined : await server.listen(tcp);
    await listenAt(listener, where);
    log.info({ where, ...(port === undefined ? {} : { port }) }, 'Serving');
    void startAfterCall().finally(() => {
      isStarting = false;
    });
    if (options.idleSeconds === undefined) await aborted(stop);
    else await quiet.lasts(options.idleSeconds * 1000, stop);
  } finally {
    log.info({ reason: stop.aborted ? 'stopped' : 'idle' }, 'Ending');
    // The listener first: what connects from now on waits for the next agent.
    listener.close();
    await Promise.all([server.close(graceMs), agent.stop()]);
  }
}
