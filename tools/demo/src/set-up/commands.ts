import type { NodeRoot } from '../node/node-root.ts';

/** Where a proxy runs. */
export interface ProxyPlace {
  /** Of its node. */
  readonly name: string;
  readonly kubeconfig: string;
  readonly paths: NodeRoot;
}

/** Command line of os-operator, all on loopback. */
export function operatorCommand(bundle: string, kubeconfig: string): readonly string[] {
  return [process.execPath, bundle, '--kubeconfig', kubeconfig];
}

/** Command line of os-proxy. */
export function proxyCommand(bundle: string, place: ProxyPlace): readonly string[] {
  const { name, kubeconfig, paths } = place;
  return [
    process.execPath,
    bundle,
    ...['--kubeconfig', kubeconfig, '--node', name],
    ...['--agent', paths.socket, '--snapshot', paths.snapshot],
  ];
}
