import { describe, expect, it } from '@jest/globals';

import type { Certificates } from './certificates.ts';
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  schedulerFlags,
} from './flags.ts';

const ports = { etcd: 20_001, etcdPeer: 20_002, apiServer: 20_003 };
const certificates: Certificates = {
  caFile: '/t/ca.crt',
  caKeyFile: '/t/ca.key',
  serverFile: '/t/server.crt',
  serverKeyFile: '/t/server.key',
  adminFile: '/t/admin.crt',
  adminKeyFile: '/t/admin.key',
  kubeletClientFile: '/t/kubelet-client.crt',
  kubeletClientKeyFile: '/t/kubelet-client.key',
  serviceAccountKeyFile: '/t/sa.key',
  serviceAccountPublicFile: '/t/sa.pub',
};
const inputs = {
  folder: '/t',
  ports,
  certificates,
  hasControllers: true,
  egressSelectorFile: undefined,
  extra: [],
};
const controllers = {
  kubeconfig: '/t/kubeconfig',
  certificates,
  nodesJoin: false,
  nodeMonitorGraceSeconds: 8,
};

describe('flags of the programs', () => {
  it('has etcd listen on loopback only', () => {
    const addresses = etcdFlags('/t', ports).filter((flag) => flag.includes('-urls='));
    expect(addresses).toHaveLength(4);
    expect(addresses.every((flag) => flag.includes('=http://127.0.0.1:2000'))).toBe(true);
  });

  it('has the API server listen on loopback only, with etcd at its port', () => {
    expect(apiServerFlags(inputs)).toEqual(
      expect.arrayContaining([
        '--etcd-servers=http://127.0.0.1:20001',
        '--bind-address=127.0.0.1',
        '--secure-port=20003',
        '--authorization-mode=Node,RBAC',
      ]),
    );
  });

  it('asks for service accounts only where something makes them', () => {
    const off = '--disable-admission-plugins=ServiceAccount';
    expect(apiServerFlags(inputs)).not.toContain(off);
    expect(apiServerFlags({ ...inputs, hasControllers: false })).toContain(off);
  });

  it('puts the extra flags of the API server last', () => {
    expect(apiServerFlags({ ...inputs, extra: ['--v=4'] }).at(-1)).toBe('--v=4');
  });

  it.each([
    '--enable-bootstrap-token-auth',
    '--allow-privileged=true',
    '--kubelet-client-certificate=/t/kubelet-client.crt',
    '--kubelet-client-key=/t/kubelet-client.key',
    '--egress-selector-config-file=/t/egress.json',
  ])('gives the API server %s only where real nodes join', (flag) => {
    expect(apiServerFlags(inputs)).not.toContain(flag);
    expect(apiServerFlags({ ...inputs, egressSelectorFile: '/t/egress.json' })).toContain(flag);
  });

  it.each(['--cluster-signing-cert-file=/t/ca.crt', '--cluster-signing-key-file=/t/ca.key'])(
    'gives the controller manager %s only where real nodes join',
    (flag) => {
      expect(controllerManagerFlags(controllers)).not.toContain(flag);
      expect(controllerManagerFlags({ ...controllers, nodesJoin: true })).toContain(flag);
    },
  );

  it('keeps the node life cycle controller, as fast as it is asked to be', () => {
    const flags = controllerManagerFlags({ ...controllers, nodeMonitorGraceSeconds: 15 });
    expect(flags).toContain('--controllers=*,-node-ipam-controller');
    expect(flags).toContain('--node-monitor-grace-period=15s');
  });

  it.each([
    ['controller manager', controllerManagerFlags(controllers)],
    ['scheduler', schedulerFlags('/t/kubeconfig')],
  ])('opens no port for the %s', (_name, flags) => {
    expect(flags).toContain('--secure-port=0');
    expect(flags).toContain('--leader-elect=false');
  });

  it('leaves the leases of nodes to others', () => {
    expect(kwokFlags('/t/kubeconfig', '/t/stages.yaml')).toContain(
      '--node-lease-duration-seconds=0',
    );
  });
});
