import type { NodeRoot } from '../node/node-root.ts';

/** Where a proxy runs. */
export interface ProxyPlace {
  /** Of its node. */
  readonly name: string;
  readonly kubeconfig: string;
  readonly paths: NodeRoot;
  /** Of its endpoints, on loopback; default one that is free at its start. */
  readonly port?: number;
}

/** Options of Node in the first line of each bundle, under which the images run it: they keep memory small. */
const operatorNode = ['--max-semi-space-size=1', '--optimize-for-size'];
const proxyNode = ['--max-semi-space-size=1', '--lite-mode'];
const agentNode = ['--max-semi-space-size=1'];

/**
 * Command line of os-operator, whose Lease and pods are in this namespace.
 *
 * @param port of its endpoints, on loopback; default one that is free at its start
 */
export function operatorCommand(
  bundle: string,
  kubeconfig: string,
  namespace: string,
  port = 0,
): readonly string[] {
  return [
    process.execPath,
    ...operatorNode,
    bundle,
    ...['--kubeconfig', kubeconfig, '--namespace', namespace],
    ...['--listen', `127.0.0.1:${port}`],
  ];
}

/** Command line of os-proxy on the Node of this UID. */
export function proxyCommand(
  bundle: string,
  place: ProxyPlace,
  nodeUid: string,
): readonly string[] {
  const { name, kubeconfig, paths, port = 0 } = place;
  return [
    process.execPath,
    ...proxyNode,
    bundle,
    ...['--kubeconfig', kubeconfig, '--node-name', name, '--node-uid', nodeUid],
    ...['--agent-socket', paths.socket, '--listen', `127.0.0.1:${port}`],
  ];
}

/** Command line of os-agent on the node with this root, up to its subcommand. */
export function agentCommand(bundle: string, root: string): readonly string[] {
  return [process.execPath, ...agentNode, bundle, '--root', root];
}
