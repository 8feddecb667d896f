import { slotNames, type AgentStatus, type NodeView, type OsInstance } from '@kubeos/core';

import type { MachineState } from '../node/node-stand-in.ts';

/** What is known of one node. */
export interface NodePicture {
  readonly name: string;
  readonly machine: MachineState;
  readonly node: NodeView | undefined;
  readonly instance: OsInstance | undefined;
  /** Pods of the Deployment on it. */
  readonly pods: number;
}

/** One line of the table, by column. */
export interface Row {
  readonly node: string;
  readonly runs: string;
  readonly slotA: string;
  readonly slotB: string;
  readonly cluster: string;
  readonly pods: string;
  readonly now: string;
}

/** What a person reads about a node. */
export function rowOf(picture: NodePicture): Row {
  const agent = picture.instance?.status.agent;
  const [slotA = '', slotB = ''] = slotNames.map((slot) => slotText(agent, slot));
  return {
    node: picture.name,
    runs: runsText(picture.machine),
    slotA,
    slotB,
    cluster: clusterText(picture.node),
    pods: String(picture.pods),
    now: nowText(picture),
  };
}

function runsText(machine: MachineState): string {
  return 'slot' in machine ? `${machine.slot} ${machine.version}` : machine.kind;
}

function slotText(agent: AgentStatus | undefined, slot: 'A' | 'B'): string {
  if (agent === undefined) return '-';
  const { version, state } = agent.slots[slot];
  return version === undefined ? state : `${version} ${state}`;
}

function clusterText(node: NodeView | undefined): string {
  if (node === undefined) return '-';
  return `${node.ready ? 'Ready' : 'NotReady'}${node.unschedulable ? ', cordoned' : ''}`;
}

function nowText({ machine, instance }: NodePicture): string {
  if (machine.kind === 'booting' || machine.kind === 'stuck') return machine.kind;
  const operation = instance?.spec.operation;
  if (operation !== undefined) {
    const progress = progressText(instance?.status.agent, operation.seq);
    return `${operation.type}: ${operation.phase}${progress}`;
  }
  const failure = instance?.status.agent?.lastFailure;
  if (failure === undefined) return '';
  // Below the first line may be the end of a journal.
  const [first = ''] = failure.message.split('\n');
  return `${failure.code}: ${first}`;
}

function progressText(agent: AgentStatus | undefined, seq: number): string {
  const operation = agent?.operation;
  if (operation?.seq !== seq || operation.state !== 'Running') return '';
  const { bytesDone, bytesTotal } = operation.progress ?? {};
  if (bytesDone === undefined || bytesTotal === undefined || bytesTotal === 0) return '';
  return ` ${Math.floor((100 * bytesDone) / bytesTotal)} %`;
}
