/** os-proxy of a fast node: the real program, in this process. */
import { createAgentClient } from '@kubeos/agent-api';
import { KubeosError, type Log } from '@kubeos/core';
import { run, wire } from '@kubeos/proxy';

/** Gives a proxy what it logs in with. */
export type ProxyLogin = (node: string, signal: AbortSignal) => Promise<string>;

/** What a proxy is started with. */
export interface FastProxyOptions {
  /** Path of the kubeconfig of this node's proxy; asked for whenever one is started. */
  readonly login: ProxyLogin;
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly agentSocket: string;
  readonly log: Log;
}

/** Runs until the signal. */
export async function runFastProxy(options: FastProxyOptions, signal: AbortSignal): Promise<void> {
  const kubeconfig = await loginOf(options, signal);
  if (kubeconfig === undefined) return;
  const complaints: string[] = [];
  const argv = [
    `--kubeconfig=${kubeconfig}`,
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

/** Nothing where the machine went down while its pod was waited for. */
async function loginOf(
  { login, nodeName }: FastProxyOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await login(nodeName, signal);
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  }
}
