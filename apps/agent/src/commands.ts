/** The commands that do one thing and end. */
import type { PhaseAnswer } from '@kubeos/core';
import type { CommandLine } from './command-line.ts';
import { printNotes, printSettings } from './print-settings.ts';
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
  settings: async ({ node, output, print }) => {
    const sets = await node.agent.heldSettings();
    const { settings } = await node.agent.look();
    print(
      output === 'json'
        ? `${JSON.stringify({ ...settings, sets }, undefined, 2)}\n`
        : printSettings(sets, settings),
    );
  },
  rollback: async ({ node, print }) => {
    const answer = await node.agent.consoleRollback();
    const what = answer.reboots
      ? `Going back to ${place(answer)}: the node reboots now.`
      : `Nothing is armed any more: the node stays with ${place(answer)}.`;
    print(`${what}\nThis node is held until "os-agent release".\n`);
  },
  confirm: async ({ node, print }) => {
    const answer = await node.agent.consoleConfirm();
    print(`Confirmed: the node boots ${place(answer)} from now on.\n`);
  },
  release: async ({ node, print }) => {
    await node.agent.release();
    print('The cluster may work on this node again.\n');
  },
  return: async ({ node, print }) => {
    if ((await node.agent.returnPass()) === 'returned') {
      print('The time of the trial is over: going back to what was before.\n');
    }
  },
  boot: async ({ node }) => node.agent.start(),
  // What was found is no failure of the pass: it is published, and here it is for the journal.
  drift: async ({ node, print }) => {
    const { drift } = await node.agent.checkDrift();
    for (const line of printNotes('Changed by others', drift)) print(`${line}\n`);
  },
};

function place({ slot, version }: PhaseAnswer): string {
  return [version, slot === undefined ? undefined : `slot ${slot}`]
    .filter((part) => part !== undefined)
    .join(' in ');
}
