/** What every command works with. */
import type { PodView } from '@kubeos/core';
import type { ObservedCluster } from '@kubeos/core/explain';
import { observeCluster, type ApiClient } from '@kubeos/kube';
import type { Options } from './command-line.ts';

/** A terminal. */
export interface Terminal {
  readonly rows: number;
  readonly inColour: boolean;
}

/** A command at work. */
export interface CommandContext {
  readonly api: ApiClient;
  /** The words behind the command. */
  readonly names: readonly string[];
  readonly options: Options;
  /** Of OS objects: that which was named, or that of the context. */
  readonly namespace: string;
  /** Absent when standard output is none. */
  readonly terminal: Terminal | undefined;
  readonly wallMs: () => number;
  /** Writes to standard output at once; for what goes on. */
  readonly print: (text: string) => void;
  /** Writes a line to standard error that is no failure. */
  readonly note: (text: string) => void;
  /** The whole of standard input. */
  readonly readInput: () => Promise<string>;
  readonly stop: AbortSignal;
}

/** What a command comes to; its text is printed when all of it is there. */
export interface Answer {
  readonly text: string;
  /** Default 0. */
  readonly exitCode?: number;
}

/** Reads the cluster. */
export async function observe(context: CommandContext): Promise<ObservedCluster> {
  return observeCluster({
    api: context.api,
    wallMs: context.wallMs(),
    operatorZone: context.options.timeZone,
    isSpared,
  });
}

/** The label that the pods of the operator have unless it was told another one. */
function isSpared({ labels }: PodView): boolean {
  return labels['app.kubernetes.io/name'] === 'os-operator';
}
