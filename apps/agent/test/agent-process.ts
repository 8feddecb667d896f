import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRoot } from './node-root.ts';

const bundle = resolve(import.meta.dirname, '../dist/agent.cjs');
const activator = join(import.meta.dirname, 'activate.py');

/** The agent's command line on that node. `npm run integration` bundles it first. */
export function agentCommand({ root }: NodeRoot, ...args: readonly string[]): string[] {
  return [process.execPath, bundle, ...args, '--root', root];
}

/** A program of a test. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the exit status, or the name of the signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a program on the node. */
export function start(node: NodeRoot, [program = '', ...args]: readonly string[]): Running {
  const env = { ...process.env, ...node.env };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, ended };
}

/** An agent behind a socket that outlives it. */
export interface ActivatedAgent {
  /** Exit statuses of agents that have ended, oldest first; negative: a signal. */
  readonly ended: readonly number[];
  /** Ends the running agent as a crash would, if one runs. */
  kill(): void;
  isRunning(): boolean;
  close(): Promise<void>;
}

/** Opens the socket; the agent starts with the first connection. */
export async function activateAgent(node: NodeRoot): Promise<ActivatedAgent> {
  const { child, ended: gone } = start(node, [
    'python3',
    activator,
    node.socket,
    ...agentCommand(node, 'serve'),
  ]);
  const ended: number[] = [];
  let pid: number | undefined;
  // What nobody reads must not fill the pipe.
  child.stderr?.resume();
  if (child.stdout === null) throw new Error('The activator has no stdout');
  createInterface(child.stdout).on('line', (line) => {
    const [word, number] = line.split(' ');
    pid = word === 'started' ? Number(number) : undefined;
    if (word === 'ended') ended.push(Number(number));
  });
  await until(() => existsSync(node.socket), 'the socket is there');
  const kill = () => {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  };
  return {
    ended,
    kill,
    isRunning: () => pid !== undefined,
    close: async () => {
      child.kill('SIGKILL');
      await gone;
      kill();
    },
  };
}

/** Waits until something outside is so, for 20 seconds at most. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !isSo();) {
    if (Date.now() > deadline) throw new Error(`Waited for too long until ${what}`);
    await sleep(5);
  }
}

/** Waits for a line of an agent's log and gives its members; the rest of the log is thrown away. */
export async function logged(
  { stderr }: ChildProcess,
  message: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (stderr === null) throw new Error('The agent has no stderr');
  const lines = createInterface(stderr);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const members = JSON.parse(line) as Readonly<Record<string, unknown>>;
      if (members['msg'] === message) resolve(members);
    });
    lines.on('close', () => reject(new Error(`The agent ended without "${message}"`)));
  });
}
