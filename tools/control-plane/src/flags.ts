import { join } from 'node:path';

import type { Certificates } from './certificates.ts';

/** The loopback ports of one control plane. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
}

/** Arguments of etcd. */
export function etcdFlags(folder: string, ports: Ports): readonly string[] {
  const client = `http://127.0.0.1:${String(ports.etcd)}`;
  const peer = `http://127.0.0.1:${String(ports.etcdPeer)}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data are thrown away with the control plane: waiting for the disk would gain nothing.
    '--unsafe-no-fsync',
  ];
}

/** What decides the arguments of the API server. */
export interface ApiServerInputs {
  readonly folder: string;
  readonly ports: Ports;
  readonly certificates: Certificates;
  /** True when the controller manager runs and makes the service accounts that the admission plug-in asks for. */
  readonly hasControllers: boolean;
  /** The way to kubelets, on a plane that real nodes join. */
  readonly egressSelectorFile: string | undefined;
  readonly extra: readonly string[];
}

/** Arguments of the API server; the extra ones come last and win. */
export function apiServerFlags(inputs: ApiServerInputs): readonly string[] {
  const { folder, ports, certificates, hasControllers, egressSelectorFile, extra } = inputs;
  return [
    `--etcd-servers=http://127.0.0.1:${String(ports.etcd)}`,
    `--secure-port=${String(ports.apiServer)}`,
    '--bind-address=127.0.0.1',
    // Named outright, else it asks the kernel for a default route, which a closed machine does not have.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    // Watches get an orderly end; without it a stop waits for them until its own deadline.
    '--shutdown-watch-termination-grace-period=1s',
    `--cert-dir=${folder}`,
    `--tls-cert-file=${certificates.serverFile}`,
    `--tls-private-key-file=${certificates.serverKeyFile}`,
    `--client-ca-file=${certificates.caFile}`,
    '--service-account-issuer=https://localhost',
    `--service-account-key-file=${certificates.serviceAccountPublicFile}`,
    `--service-account-signing-key-file=${certificates.serviceAccountKeyFile}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    ...(hasControllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...(egressSelectorFile === undefined ? [] : nodeFlags(certificates, egressSelectorFile)),
    ...extra,
  ];
}

function nodeFlags(certificates: Certificates, egressSelectorFile: string): readonly string[] {
  return [
    '--enable-bootstrap-token-auth',
    // What runs on every node may need it: network, proxy of the operator.
    '--allow-privileged=true',
    `--kubelet-client-certificate=${certificates.kubeletClientFile}`,
    `--kubelet-client-key=${certificates.kubeletClientKeyFile}`,
    `--egress-selector-config-file=${egressSelectorFile}`,
  ];
}

/** What decides the arguments of the controller manager. */
export interface ControllerManagerInputs {
  readonly kubeconfig: string;
  readonly certificates: Certificates;
  /** True when it signs the client certificates of nodes. */
  readonly nodesJoin: boolean;
  readonly nodeMonitorGraceSeconds: number;
}

/** Arguments of the controller manager. Pods tolerate a node that is NotReady for the default 300 s. */
export function controllerManagerFlags(inputs: ControllerManagerInputs): readonly string[] {
  const { kubeconfig, certificates, nodesJoin, nodeMonitorGraceSeconds } = inputs;
  return [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--leader-elect=false',
    `--service-account-private-key-file=${certificates.serviceAccountKeyFile}`,
    `--root-ca-file=${certificates.caFile}`,
    // Node life cycle stays on: it takes the not-ready taint off new nodes, without which no pod is scheduled.
    '--controllers=*,-node-ipam-controller',
    '--node-monitor-period=1s',
    `--node-monitor-grace-period=${String(nodeMonitorGraceSeconds)}s`,
    ...(nodesJoin
      ? [
          `--cluster-signing-cert-file=${certificates.caFile}`,
          `--cluster-signing-key-file=${certificates.caKeyFile}`,
        ]
      : []),
  ];
}

/** Arguments of the scheduler. */
export function schedulerFlags(kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--leader-elect=false',
  ];
}

/** Arguments of kwok: it plays the pods of nodes labelled `type=kwok`, and leaves Node status and leases to others. */
export function kwokFlags(kubeconfig: string, stagesFile: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${stagesFile}`,
    '--manage-nodes-with-label-selector=type=kwok',
    '--node-lease-duration-seconds=0',
    '--cidr=10.1.0.0/16',
  ];
}
