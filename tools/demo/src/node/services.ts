import { Component } from '@kubeos/control-plane';
import { parseBootBlock } from '@kubeos/core';
import { readBytesIfThere } from '@kubeos/host';

import { folderVariable } from '../disks/leftovers.ts';
import { pause } from '../pause.ts';
import type { NodeRoot } from './node-root.ts';

/** The programs under test and what they are told. */
export interface NodePrograms {
  /** Command line of os-agent up to its subcommand. */
  readonly agent: readonly string[];
  /**
   * Command line of os-proxy on the Node of this UID, once its pod is there; in that pod it would read the UID from its
   * own token.
   */
  readonly proxy: (nodeUid: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** What the stand-in for systemd works with. */
export interface ServicesOptions {
  /** The node's folder; every program carries it in its environment. */
  readonly folder: string;
  /** Where the logs of the programs go. */
  readonly logFolder: string;
  readonly paths: NodeRoot;
  readonly programs: NodePrograms;
  readonly log: (line: string) => void;
}

const restartMilliseconds = 200;
/** The unit of a real node runs every 15 s. */
const returnEverySeconds = 3;
/** TimeoutStartSec of the return unit. */
const returnTimeoutSeconds = 60;

/** Plays os-agent-boot.service, the boot pass, for which the kubelet waits. */
export async function runBootPass(options: ServicesOptions, signal: AbortSignal): Promise<void> {
  await runOnce(options, 'os-agent-boot', [...options.programs.agent, 'boot'], signal);
}

/** Plays one run of os-agent-drift.service; gives its exit status. */
export async function runDriftPass(
  options: ServicesOptions,
  signal: AbortSignal,
): Promise<number | null> {
  return runOnce(options, 'os-agent-drift', [...options.programs.agent, 'drift'], signal);
}

/**
 * Plays the units of one boot until the signal: os-agent's socket, and its return timer while the booted slot is on
 * trial.
 *
 * @param onFailedReturn the unit's FailureAction=reboot
 */
export async function runServices(
  options: ServicesOptions,
  onFailedReturn: () => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    keepRunning(options, 'os-agent', socketActivated(options), signal),
    runReturnTimer(options, onFailedReturn, signal),
  ]);
}

/** Plays the pod of os-proxy on the Node of this UID until the signal. */
export async function runProxy(
  options: ServicesOptions,
  nodeUid: string,
  signal: AbortSignal,
): Promise<void> {
  const command = await options.programs.proxy(nodeUid, signal);
  await keepRunning(options, 'os-proxy', command, signal);
}

function socketActivated({ folder, paths, programs }: ServicesOptions): readonly string[] {
  // It hands its environment on only as far as it is told to.
  const environment = Object.entries(environmentOf(folder, paths)).flatMap(([name, value]) => [
    '--setenv',
    `${name}=${value}`,
  ]);
  return [
    'systemd-socket-activate',
    '--listen',
    paths.socket,
    ...environment,
    ...programs.agent,
    'serve',
  ];
}

function environmentOf(folder: string, paths: NodeRoot): Readonly<Record<string, string>> {
  return {
    PATH: `${paths.programs}:${process.env['PATH'] ?? ''}`,
    [folderVariable]: folder,
  };
}

/** Starts the program again whenever it has ended: an agent that is gone when idle gets its socket back so. */
async function keepRunning(
  options: ServicesOptions,
  name: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const started = performance.now();
    await runOnce(options, name, command, signal);
    const left = restartMilliseconds - (performance.now() - started);
    if (left > 0) await pause(left, signal);
  }
}

async function runReturnTimer(
  options: ServicesOptions,
  onFailedReturn: () => void,
  signal: AbortSignal,
): Promise<void> {
  const command = [...options.programs.agent, 'return'];
  while (await pause(returnEverySeconds * 1000, signal)) {
    if (!(await isOnTrial(options.paths))) continue;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(returnTimeoutSeconds * 1000)]);
    const status = await runOnce(options, 'os-agent-return', command, deadline);
    // After the signal it was us who stopped it.
    if (status === 0 || isAborted(signal)) continue;
    options.log(`the return unit failed with ${String(status)}; rebooting`);
    onFailedReturn();
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function isOnTrial(paths: NodeRoot): Promise<boolean> {
  const parsed = parseBootBlock(await readBytesIfThere(paths.grubenv));
  return parsed.kind === 'ok' && Object.values(parsed.vars.slots).includes('trial');
}

/** Runs a program to its end, or stops it at the signal. */
async function runOnce(
  options: ServicesOptions,
  name: string,
  [command = '', ...args]: readonly string[],
  signal: AbortSignal,
): Promise<number | null> {
  const program = await Component.start({
    name,
    command,
    args,
    folder: options.logFolder,
    env: environmentOf(options.folder, options.paths),
    onUnexpectedExit: () => undefined,
  });
  const stop = (): void => void program.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await program.exited;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
