/** os-proxy of a fast node: the real program, in this process. */
import { createAgentClient } from '@kubeos/agent-api';
import { KubeosError, type Log } from '@kubeos/core';
import { run, wire } from '@kubeos/proxy';

/** What a proxy is started with. */
export interface FastProxyOptions {
  readonly kubeconfig: string;
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly agentSocket: string;
  readonly log: Log;
}

/** Runs until the signal. */
export async function runFastProxy(options: FastProxyOptions, signal: AbortSignal): Promise<void> {
  const complaints: string[] = [];
  const argv = [
    `--kubeconfig=${options.kubeconfig}`,
    `--node-name=${options.nodeName}`,
    `--node-uid=${options.nodeUid}`,
    `--agent-socket=${options.agentSocket}`,
    '--listen=127.0.0.1:0',
  ];
  const status = await run(
    argv,
    {},
    {
      version: 'fast',
      print: () => undefined,
      complain: (text) => complaints.push(text),
      stop: signal,
      log: options.log,
      // Not loaded with the first call: jest lets nothing be loaded between two tests.
      wire: (configuration, log, version) => {
        const target = `unix:${configuration.agentSocket}`;
        return wire(configuration, log, version, createAgentClient({ target }));
      },
    },
  );
  if (status !== 0) throw new KubeosError('BUG', `os-proxy ended: ${complaints.join('')}`);
}
