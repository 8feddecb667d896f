import { chmod, mkdir, rm, symlink } from 'node:fs/promises';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { makeCa, SeedRoot, type Files } from './seed-root.fixture.ts';

let root: SeedRoot;
let ca = '';
beforeAll(async () => {
  ca = await makeCa();
});
beforeEach(async () => {
  root = await SeedRoot.make();
});
afterEach(() => root.dispose());

const good = (): Files => ({
  hostname: 'node-1\n',
  server: 'https://10.0.2.2:6443\n',
  'ca.crt': ca,
  token: 'abcdef.0123456789abcdef\n',
});

/** What a node of `good()` has below /etc. */
const written = [
  ...['hostname', 'kubernetes/bootstrap.kubeconfig', 'kubernetes/node.env'],
  ...['kubernetes/pki/ca.crt', 'kubernetes/seed', 'machine-id'],
];

describe('a seed', () => {
  it('gives a node all that it needs to join', async () => {
    await root.seed({
      ...good(),
      'pod-cidr': '10.88.1.0/24',
      'node-labels': 'zone=a\r\ndisk=fast,x.org/y=\n',
    });
    const { exitCode, said } = await root.run();
    expect(said).toBe('<6>/persist/seed: this node is node-1 of https://10.0.2.2:6443');
    expect(exitCode).toBe(0);
    expect(await root.etc()).toEqual(['cni/net.d/10-kubeos.conflist', ...written]);
    expect(await root.read('etc/hostname')).toBe('node-1\n');
    expect(await root.read('etc/kubernetes/pki/ca.crt')).toBe(ca);
    expect(await root.read('etc/kubernetes/node.env')).toBe(
      'NODE_NAME=node-1\nNODE_LABELS=zone=a,disk=fast,x.org/y=\n',
    );
    const kubeconfig = await root.read('etc/kubernetes/bootstrap.kubeconfig');
    expect(kubeconfig).toContain('\n      server: https://10.0.2.2:6443\n');
    expect(kubeconfig).toContain('\n      token: abcdef.0123456789abcdef\n');
    expect(await root.modeOf('etc/kubernetes/bootstrap.kubeconfig')).toBe(0o600);
    expect(JSON.parse(await root.read('etc/cni/net.d/10-kubeos.conflist'))).toMatchObject({
      plugins: [
        { type: 'ptp', ipam: { ranges: [[{ subnet: '10.88.1.0/24' }]] } },
        { type: 'portmap' },
      ],
    });
    expect(await root.calls()).toContain('hostname node-1');
    expect(root.has('run/kubeos-seed/seed')).toBe(false);
  });

  it('brings files for /etc, which are no programs and which nobody else may write', async () => {
    await root.seed({
      ...good(),
      'etc/containerd/certs.d/registry.test/hosts.toml': 'one\n',
      'etc/systemd/system/x.service': '[Service]\n',
    });
    await chmod(root.at('persist/seed/etc/systemd/system/x.service'), 0o777);
    await chmod(root.at('persist/seed/etc/containerd/certs.d/registry.test/hosts.toml'), 0o600);
    await root.run();
    expect(await root.read('etc/containerd/certs.d/registry.test/hosts.toml')).toBe('one\n');
    expect(await root.modeOf('etc/containerd/certs.d/registry.test/hosts.toml')).toBe(0o600);
    expect(await root.modeOf('etc/systemd/system/x.service')).toBe(0o644);
    expect(await root.modeOf('etc/systemd/system')).toBe(0o755);
    expect(await root.calls()).toContain('systemctl daemon-reload');
  });

  it('is applied once', async () => {
    await root.seed(good());
    await root.run();
    await root.write({ 'etc/hostname': 'changed by hand\n', 'run/calls': '' });
    expect(await root.run()).toEqual({ exitCode: 0, said: '<6>/persist/seed: applied already' });
    expect(await root.read('etc/hostname')).toBe('changed by hand\n');
    expect(await root.calls()).not.toContain('hostname node-1');
  });

  it('is applied when it has changed, and what it has no longer goes', async () => {
    await root.seed({
      ...good(),
      'pod-cidr': '10.88.1.0/24',
      'etc/KubeOS/certs/a.pem': 'a',
      'etc/x/b': 'b',
    });
    await root.run();
    await root.write({ 'var/lib/kubelet/kubeconfig': 'joined', 'var/lib/kubelet/pki/x.pem': '' });
    await root.seed({ ...good(), token: 'zzzzzz.0123456789abcdef', 'etc/x/b': 'c' });
    expect((await root.run()).exitCode).toBe(0);
    expect(await root.etc()).toEqual([...written, 'x/b']);
    expect(await root.read('etc/x/b')).toBe('c');
    expect(await root.read('etc/kubernetes/bootstrap.kubeconfig')).toContain('zzzzzz');
    // The node has joined, and stays what it is.
    expect(await root.read('var/lib/kubelet/kubeconfig')).toBe('joined');
  });

  it.each([{ hostname: 'node-2' }, { server: 'https://other.test:6443' }])(
    'lets a node join anew with %p',
    async (change) => {
      await root.seed(good());
      await root.run();
      await root.write({ 'var/lib/kubelet/kubeconfig': 'joined', 'var/lib/kubelet/pki/x.pem': '' });
      await root.seed({ ...good(), ...change });
      expect((await root.run()).said).toContain('the node joins anew');
      expect(root.has('var/lib/kubelet/kubeconfig')).toBe(false);
      expect(root.has('var/lib/kubelet/pki')).toBe(false);
      expect(root.has('var/lib/kubelet/config.yaml')).toBe(true);
    },
  );

  it('is applied in full after a run that was cut off', async () => {
    await root.seed({ ...good(), 'etc/x/b': 'b' });
    await root.run();
    const record = await root.read('etc/kubernetes/seed');
    await root.write({ 'etc/kubernetes/seed': record.replace(/^.*\n/u, 'unfinished\n') });
    await rm(root.at('etc/kubernetes/node.env'));
    expect((await root.run()).exitCode).toBe(0);
    expect(await root.etc()).toEqual([...written, 'x/b']);
    expect(await root.read('etc/kubernetes/seed')).toBe(record);
  });

  it('that is missing leaves a node without identity', async () => {
    expect(await root.run()).toEqual({
      exitCode: 0,
      said: '<6>there is no seed: the node stays what it is',
    });
    expect(await root.etc()).toEqual(['machine-id']);
    const [, wait] = await root.calls();
    expect(wait).toBe('udevadm settle --timeout=10');
  });

  it('that is taken away leaves a node what it is', async () => {
    await root.seed(good());
    await root.run();
    await rm(root.at('persist'), { recursive: true });
    await root.write({ 'run/calls': '' });
    await root.run();
    expect(await root.etc()).toEqual(written);
    expect(await root.calls()).toHaveLength(1);
  });
});

describe('of several seeds', () => {
  const named = (hostname: string): Files => ({ ...good(), hostname });

  it('that of the kernel command line counts first, then that of a disk', async () => {
    await root.seed(named('from-persist'));
    await root.run();
    expect(await root.read('etc/hostname')).toBe('from-persist\n');
    await root.seed(named('from-disk'), 'dev/vdb');
    expect((await root.run()).said).toContain('<6>disk /dev/vdb: this node is from-disk');
    const encoded = Buffer.from(ca).toString('base64');
    const words = [
      ...['kubeos.hostname=not-this', 'kubeos.hostname=from-kernel', `kubeos.ca=${encoded}`],
      ...['kubeos.server=https://[fd00::1]:6443/', 'kubeos.token=abcdef.0123456789abcdef'],
      ...['kubeos.node-labels=zone=a,disk=fast', 'kubeos.pod-cidr=10.88.2.0/24'],
    ];
    await root.write({ 'proc/cmdline': `kubeos.slot=A ${words.join(' ')} quiet\n` });
    expect((await root.run()).said).toContain(
      '<6>kernel command line: this node is from-kernel of https://[fd00::1]:6443',
    );
    expect(await root.read('etc/kubernetes/pki/ca.crt')).toBe(ca);
    expect(await root.read('etc/kubernetes/node.env')).toContain('NODE_LABELS=zone=a,disk=fast\n');
  });

  it('a disk is mounted without rights, for reading alone, and only for a moment', async () => {
    await root.seed(named('from-disk'), 'dev/vdb');
    await root.run();
    const medium = root.at('run/kubeos-seed/medium');
    expect(await root.calls()).toEqual([
      'blkid -c /dev/null -t LABEL=KUBEOS-SEED -o device',
      `mount -t vfat,ext4,iso9660 -o ro,nosuid,nodev,noexec /dev/vdb ${medium}`,
      `umount ${medium}`,
      'hostname from-disk',
    ]);
  });

  it('none counts where several disks have one', async () => {
    await root.seed(named('one'), 'dev/vdb');
    await root.write({ disks: '/dev/vdb\n/dev/vdc\n' });
    expect(await root.run()).toEqual({
      exitCode: 1,
      said: '<3>several disks are labelled KUBEOS-SEED: /dev/vdb /dev/vdc',
    });
  });
});

/** What is wrong, and what the journal says of it. */
const mistakes: readonly (readonly [string, Files, string])[] = [
  ['capitals in the name', { hostname: 'Node-1' }, 'hostname: expected the name of the node'],
  ['a second line', { hostname: 'node-1\nnode-2' }, 'hostname: expected'],
  ['no name', { hostname: '' }, 'hostname: expected'],
  ['a name that is too long', { hostname: 'a'.repeat(64) }, 'hostname: longer than 63 characters'],
  ['http', { server: 'http://10.0.2.2' }, 'server: expected the address of the API server'],
  ['a path', { server: 'https://10.0.2.2/api' }, 'server: expected'],
  ['what YAML would read', { server: 'https://a"b' }, 'server: expected'],
  ['half a token', { token: 'abcdef.0123' }, 'token: expected a bootstrap token'],
  ['half a certificate', { 'ca.crt': '-----BEGIN CERTIFICATE-----\nMIIB\n' }, 'ca.crt: expected'],
  ['a network that is no number', { 'pod-cidr': '10.88.1.0' }, 'pod-cidr: expected first address'],
  ['an address that is too large', { 'pod-cidr': '10.388.1.0/24' }, 'pod-cidr: expected'],
  ['an address within the network', { 'pod-cidr': '10.88.1.1/24' }, 'pod-cidr: expected'],
  ['a label without a value', { 'node-labels': 'zone' }, 'node-labels: expected labels'],
  ['no folder etc', { etc: '' }, 'etc: expected a folder'],
  ['a name with a blank', { 'etc/a b': '' }, 'etc/a b: expected files and folders with'],
  ['a file of the image', { 'etc/machine-id': '' }, 'etc/machine-id: the node has this file'],
  [
    'a file of the seed',
    { 'etc/kubernetes/node.env': '' },
    'etc/kubernetes/node.env: the node writes',
  ],
];

describe('nothing of a seed is applied', () => {
  it.each(mistakes)('with %s', async (_what, change, message) => {
    await root.seed({ ...good(), ...change });
    const { exitCode, said } = await root.run();
    expect(exitCode).toBe(1);
    expect(said).toContain(`<3>/persist/seed: ${message}`);
    expect(said).toMatch(/<3>\/persist\/seed: nothing of it is applied$/u);
    expect(await root.etc()).toEqual(['machine-id']);
  });

  it.each(['hostname', 'server', 'ca.crt', 'token'])('without %s', async (name) => {
    await root.seed(good());
    await rm(root.at(`persist/seed/${name}`));
    expect((await root.run()).said).toContain(`<3>/persist/seed: ${name}: expected`);
    expect(await root.etc()).toEqual(['machine-id']);
  });

  it('with a key beside the certificate', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';
    await root.seed({ ...good(), 'ca.crt': `${ca}${key}` });
    expect((await root.run()).said).toContain('ca.crt: expected certificates');
  });

  it('with a link, which is not followed', async () => {
    await root.seed(good());
    await rm(root.at('persist/seed/ca.crt'));
    await symlink('/etc/shadow', root.at('persist/seed/ca.crt'));
    expect((await root.run()).said).toContain('ca.crt: expected files and folders');
    expect(await root.etc()).toEqual(['machine-id']);
  });

  it('with more than fits, and says all that is wrong with one that fits', async () => {
    await root.seed({ ...good(), 'etc/large': 'x'.repeat(5 * 1024 * 1024) });
    expect(await root.run()).toEqual({
      exitCode: 1,
      said: '<3>/persist/seed: larger than 4 MiB',
    });
    await root.seed({ hostname: 'A', server: 'b', token: 'secret' });
    const { said } = await root.run();
    expect(said.split('\n')).toHaveLength(5);
    expect(said).not.toContain('secret');
  });

  it('and the identity of before stays', async () => {
    await root.seed(good());
    await root.run();
    await root.seed({ ...good(), hostname: 'node-2', token: 'no' });
    expect((await root.run()).exitCode).toBe(1);
    expect(await root.etc()).toEqual(written);
    expect(await root.read('etc/hostname')).toBe('node-1\n');
  });

  it('where a folder of it is a file on the node', async () => {
    await root.write({ 'etc/hosts': '' });
    await root.seed({ ...good(), 'etc/hosts/x': '' });
    expect((await root.run()).exitCode).toBe(1);
    expect(await root.etc()).toEqual(['hosts', 'machine-id']);
  });
});

describe('what is beside a seed', () => {
  it('is told, since its name may be spelled wrong, and is not read', async () => {
    await root.seed({ ...good(), node_labels: 'zone=a' });
    await mkdir(root.at('persist/seed/lost+found'));
    expect((await root.run()).said).toContain(
      '<4>/persist/seed: passed over, because a seed has no such files: node_labels',
    );
  });
});
