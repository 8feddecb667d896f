/** The commands that do one thing and end. */
import type { PhaseAnswer } from '@kubeos/core';
import type { CommandLine } from './command-line.ts';
import { printStatus } from './print-status.ts';
import type { Node } from './wiring.ts';

/** The commands but `serve`. */
export type OneShotCommand = Exclude<CommandLine['command'], 'serve' | 'help' | 'version'>;

/** What a command works with. */
export interface CommandContext {
  readonly node: Node;
  readonly output: CommandLine['output'];
  /** Writes for the person, or the unit, that runs the command. */
  readonly print: (text: string) => void;
}

/** A missing command does not compile. Failures are `KubeosError`. */
export const oneShotCommands: Readonly<
  Record<OneShotCommand, (context: CommandContext) => Promise<void>>
> = {
  status: async ({ node, output, print }) => {
    const status = await node.agent.look();
    print(output === 'json' ? `${JSON.stringify(status, undefined, 2)}\n` : printStatus(status));
  },
  rollback: async ({ node, print }) => {
    const answer = await node.agent.consoleRollback();
    print(`${describeAnswer(answer)}\nThis node is held until "os-agent release".\n`);
  },
  confirm: async ({ node, print }) => {
    print(`${describeAnswer(await node.agent.consoleConfirm())}\n`);
  },
  release: async ({ node, print }) => {
    await node.agent.release();
    print('The cluster may work on this node again.\n');
  },
  return: async ({ node, print }) => {
    if ((await node.agent.returnPass()) === 'returned') {
      print('The time of the trial is over: going back to the other slot.\n');
    }
  },
  boot: async ({ node }) => node.agent.start(),
};

function describeAnswer({ result, slot, version }: PhaseAnswer): string {
  const what = [version, slot === undefined ? undefined : `slot ${slot}`]
    .filter((part) => part !== undefined)
    .join(' in ');
  switch (result) {
    case 'Armed':
      return `Going to ${what}: the node reboots now.`;
    case 'Booted':
      return `The node runs ${what} already.`;
    case 'Committed':
      return `Confirmed: the node boots ${what} from now on.`;
    case 'Returned':
      return `Going back: the node reboots now.`;
    case 'Prepared':
    case 'Cancelled':
    case 'Failed':
      return `${result}: ${what}.`;
  }
}
