import type { ReadStream, WriteStream } from 'node:tty';

import { agentOf, agentPort, waitForAgent } from '../agent.ts';
import type { Machine } from '../contract.ts';
import { startMachine } from '../start-machine.ts';
import { findImageTools } from '../tools/image-tools.ts';
import { helpText, readArguments, type Request } from './arguments.ts';
import { attach } from './attach.ts';
import { diskOf } from './disk.ts';
import { exampleImage } from './example-image.ts';

/** Where the tool speaks to, and what ends it. */
export interface RunDeps {
  readonly print: (line: string) => void;
  /** The person's, where there is one. */
  readonly terminal: { readonly input: ReadStream; readonly output: WriteStream } | undefined;
  readonly signal: AbortSignal;
}

type Boot = Extract<Request, { kind: 'boot' }>;

const agentSeconds = 300;

/** Boots a node and stays until it ends; everything is taken away then, also when it throws. */
export async function run(argv: readonly string[], deps: RunDeps): Promise<void> {
  const request = readArguments(argv);
  if (request.kind === 'help') deps.print(helpText);
  else await boot(request, deps);
}

async function boot(request: Boot, deps: RunDeps): Promise<void> {
  const { print, signal, terminal } = deps;
  const { firmware, memoryMib, acceleration } = request;
  const tools = await findImageTools(print, signal);
  const file = request.image ?? (await exampleImage({ ...request, tools, print, signal }));
  const machine = await startMachine({
    tools,
    firmware,
    memoryMib,
    acceleration,
    disk: await diskOf(file),
    signal,
  });
  try {
    for (const line of hints(machine, file, request)) print(line);
    if (terminal === undefined) await tellStatus(machine, deps);
    else await attach(machine, terminal, signal);
  } catch (error) {
    if (!signal.aborted) print(`The log of the machine is ${await machine.keepLog()}`);
    throw error;
  } finally {
    await machine.dispose();
  }
}

function hints(machine: Machine, file: string, request: Boot): readonly string[] {
  const agent = `127.0.0.1:${machine.hostPort(agentPort)}`;
  const login = request.image === undefined ? 'Log in as root with the password kubeos. ' : '';
  return [
    `Booting ${file}`,
    `${login}Ctrl-A X ends the machine, and npm run vm -- --help knows more keys.`,
    `Its agent answers at ${agent} (gRPC without TLS, proto/kubeos/agent/v1/agent.proto). From this folder:`,
    `  ${agentLine(agent)}`,
  ];
}

/** A command that asks the agent for its status. */
export function agentLine(target: string): string {
  const source = [
    "import { createAgentClient } from '@kubeos/agent-api'",
    `const agent = createAgentClient({ target: '${target}' })`,
    'console.log(await agent.getStatus(AbortSignal.timeout(15000)))',
    'agent.close()',
  ].join('; ');
  const node = 'node_modules/.bin/node --conditions=@kubeos/source';
  return `${node} --input-type=module -e "${source}"`;
}

async function tellStatus(machine: Machine, { print, signal }: RunDeps): Promise<void> {
  const started = performance.now();
  const agent = agentOf(machine);
  try {
    await waitForAgent(machine, agent, { deadlineSeconds: agentSeconds });
    print(
      `The agent answers, ${((performance.now() - started) / 1000).toFixed(1)} s after power on`,
    );
    print(JSON.stringify(await agent.getStatus(signal), undefined, 2));
  } finally {
    agent.close();
  }
}
