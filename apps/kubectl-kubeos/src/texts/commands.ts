/** What the help says of every command. */
import type { OptionName } from './options.ts';

/** A line that can be typed, and what it is for. */
export interface Example {
  readonly what: string;
  readonly line: string;
}

/** The help of one command. */
export interface CommandText {
  /** Arguments as the usage line shows them. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  readonly details: string;
  /** Beside those that every command understands. */
  readonly options: readonly OptionName[];
  readonly examples: readonly Example[];
}

const writes = `It is written with field manager kubectl-kubeos, and only if nobody has changed the object meanwhile.`;

/** All commands by name, in the order of the help. */
export const commandTexts = {
  status: {
    usage: '[OS...]',
    summary: 'every node: version, wanted version, phase, progress, since when, why',
    details: `A line for each node that an OS object of the namespace selects, in the order in which nodes take their turn.
PHASE is that of the open operation, or UpToDate, Waiting or Failed. WHY begins with the reason that
conditions and events have too; explain says what ends it. With --watch a terminal shows the table as it
changes; anything else gets a line for each node that changed.`,
    options: ['all-namespaces', 'output', 'watch', 'time-zone'],
    examples: [
      { what: 'The nodes of the namespace', line: 'kubectl kubeos status' },
      {
        what: 'All nodes, with zone, slot and whole messages',
        line: 'kubectl kubeos status -A -o wide',
      },
      { what: 'Those of one object, as they change', line: 'kubectl kubeos status web --watch' },
    ],
  },
  explain: {
    usage: 'NODE|OS',
    summary: 'what it waits for, since when, what ends that, which pod and which budget',
    details: `A name is that of a node, else of an OS object; node/NAME and os/NAME say which. Of a node it names the pods
that would not leave in a drain, and the disruption budgets that hold them. The runbook is a page of
docs/runbooks.`,
    options: ['output', 'time-zone'],
    examples: [
      { what: 'Why does this node wait?', line: 'kubectl kubeos explain worker-1' },
      { what: 'Why does this rollout not go on?', line: 'kubectl kubeos explain os/web' },
    ],
  },
  plan: {
    usage: '-f FILE | OS',
    summary: 'what an OS object would do: nodes, batches, obstacles, settings, duration',
    details: `The object of the file takes the place of the one in the cluster; nothing is written. The order, the batches and
what blocks come from the decisions that the operator makes, on the cluster as it is now. A batch is what is out of
service together when all nodes take as long as --assume says: download=60,verify=10,drain=30,reboot=65 seconds. With
--simulate the rollout is played to its end: the operator, the proxies and the agents of this version around models
of the nodes that were found.`,
    options: ['filename', 'output', 'assume', 'simulate', 'seed', 'time-zone'],
    examples: [
      { what: 'Before it is applied', line: 'kubectl kubeos plan -f os.yaml' },
      { what: 'What is still to come of a rollout', line: 'kubectl kubeos plan web' },
      {
        what: 'Play it, with downloads of five minutes',
        line: 'kubectl kubeos plan -f os.yaml --simulate --assume download=300',
      },
    ],
  },
  diff: {
    usage: '-f FILE | OS | NODE',
    summary: 'how nodes differ from what is wanted: version, image, settings key by key',
    details: `Of a file: how the nodes differ from what it says. The exit status is 0 when nothing differs and 1 when something
does, as that of kubectl diff; above 1 it failed.`,
    options: ['filename', 'output'],
    examples: [
      { what: 'What would this file change?', line: 'kubectl kubeos diff -f os.yaml' },
      { what: 'Which nodes are not as wanted, and how?', line: 'kubectl kubeos diff web' },
    ],
  },
  history: {
    usage: '[NODE|OS]',
    summary: 'what was tried, how it ended, and what happened lately',
    details: `The last ending of each target from the OSInstances, and the events about OS objects, nodes and OSInstances.
The API server keeps events for an hour unless told otherwise, so that of older operations only the last ending is
known, and of those that succeeded nothing.`,
    options: ['all-namespaces', 'output'],
    examples: [
      { what: 'Everything about one node', line: 'kubectl kubeos history worker-1' },
      { what: 'Everything about one object and its nodes', line: 'kubectl kubeos history os/web' },
    ],
  },
  pause: {
    usage: 'OS...',
    summary: 'start no new node; those at work are finished',
    details: `Sets spec.paused.
${writes}`,
    options: ['dry-run'],
    examples: [{ what: 'Stop here', line: 'kubectl kubeos pause web' }],
  },
  resume: {
    usage: 'OS...',
    summary: 'go on after a pause',
    details: `Takes spec.paused back.
${writes}`,
    options: ['dry-run'],
    examples: [{ what: 'Go on', line: 'kubectl kubeos resume web' }],
  },
  hold: {
    usage: 'NODE...',
    summary: 'keep nodes out until unhold',
    details: `Sets the annotation upgrade.openeuler.org/hold. A node whose pods are being evicted already goes on. A hold of
somebody else stays as it is without --overwrite.
${writes}`,
    options: ['reason', 'overwrite', 'dry-run'],
    examples: [
      {
        what: 'Leave this node alone',
        line: 'kubectl kubeos hold worker-1 --reason "disk is being replaced"',
      },
    ],
  },
  unhold: {
    usage: 'NODE...',
    summary: 'let nodes take part again',
    details: `Removes the annotation upgrade.openeuler.org/hold.
${writes}`,
    options: ['dry-run'],
    examples: [{ what: 'Let it go', line: 'kubectl kubeos unhold worker-1' }],
  },
  retry: {
    usage: 'NODE...',
    summary: 'one more attempt for nodes that failed',
    details: `Sets the annotation upgrade.openeuler.org/retry to the value that the operator takes: the digest of the image, for
a rollback that of the slot, for a configuration the version of its set, with #n when it was used before. It takes
the failure of the node out of the count. Refused for a node that has not failed.
${writes}`,
    options: ['dry-run'],
    examples: [{ what: 'Try again', line: 'kubectl kubeos retry worker-1' }],
  },
  rollback: {
    usage: 'OS',
    summary: 'back to the version in the other slots',
    details: `Sets opstype to rollback and osversion to the version that the other slots of the nodes hold. Refused, before
anything is written, when no node could go back, or when some could not and --partial is not given. A single node is
rolled back at its console, with os-agent rollback.
${writes}`,
    options: ['to-version', 'partial', 'dry-run'],
    examples: [
      { what: 'What would happen?', line: 'kubectl kubeos rollback web --dry-run=server' },
      { what: 'Go back', line: 'kubectl kubeos rollback web' },
    ],
  },
  completion: {
    usage: '',
    summary: 'the program by which kubectl completes the words of this one',
    details: `Prints a small program; put it on the PATH as kubectl_complete-kubeos and make it executable. The completion of
kubectl itself has to be on: see kubectl completion --help.`,
    options: [],
    examples: [
      {
        what: 'For yourself',
        line: 'kubectl kubeos completion > "$HOME/bin/kubectl_complete-kubeos" && chmod +x "$HOME/bin/kubectl_complete-kubeos"',
      },
    ],
  },
} as const satisfies Readonly<Record<string, CommandText>>;

/** Name of a command. */
export type CommandName = keyof typeof commandTexts;

/** True for the name of a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commandTexts, word);
}

/** The help of a command, in the terms that all share. */
export function textOf(command: CommandName): CommandText {
  return commandTexts[command];
}
