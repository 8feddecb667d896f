/** The guide of the first node: its commands, on a real API server, make seeds with which a node can join. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { parse } from 'yaml';
import { examplesOf, repository } from './pages.ts';
import { SeededNode } from './seeded-node.ts';

const execute = promisify(execFile);
const waitSeconds = 120;
const clusterDns = '10.0.0.10';

const blocks = examplesOf('sh', 'join');
/** What looks at nodes that have joined. */
const looks = blocks.filter(({ text }) => text.startsWith('kubectl get csr'));
const steps = blocks.filter((block) => !looks.includes(block));
/** What the steps printed. */
const printed: string[] = [];

let plane: ControlPlane;
let home: string;
let node: SeededNode;

// Without --norc a bash whose input is a socket takes itself for a remote shell.
async function shell(script: string): Promise<string> {
  const path = [dirname(plane.kubectl), process.env['PATH'] ?? ''].join(delimiter);
  const env = { HOME: home, KUBECONFIG: plane.kubeconfig, PATH: path };
  const options = { cwd: home, timeout: 60_000, env };
  return (await execute('bash', ['--norc', '-euo', 'pipefail', '-c', script], options)).stdout;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await delay(100);
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubeos-first-node-'));
  await cp(join(repository, 'examples'), join(home, 'examples'), { recursive: true });
  await mkdir(join(home, 'out'));
  const disk = join(home, 'out/system.qcow2');
  await execute('qemu-img', ['create', '-f', 'qcow2', disk, '6G']);
  plane = await startControlPlane({ nodesJoin: true, components: ['controller-manager'] });
  const dns = ['create', 'service', 'clusterip', 'kube-dns', '--namespace=kube-system'];
  await plane.run([...dns, `--clusterip=${clusterDns}`, '--tcp=53']);
  const ca = ['get', 'configmap', '--ignore-not-found', '--output=name', 'kube-root-ca.crt'];
  await until('the CA in the namespace', async () => (await plane.run(ca)) !== '');
}, 1_200_000);

afterAll(async () => {
  await plane.stop();
  await rm(home, { recursive: true });
});

describe('the guide of the first node', () => {
  it.each(steps)('runs $where', async ({ text }) => {
    printed.push(await shell(text));
  });

  it('has told kubelet of the DNS of the cluster', async () => {
    const file = join(home, 'examples/node/var/lib/kubelet/config.yaml');
    expect(parse(await readFile(file, 'utf8'))).toMatchObject({ clusterDNS: [clusterDns] });
  });
});

/** kubectl as the kubelet of the node, which is known by what these arguments name. */
async function asKubelet(identity: readonly string[], object: object): Promise<void> {
  const trust = `--certificate-authority=${node.at('etc/kubernetes/pki/ca.crt')}`;
  const file = node.at('object.json');
  await writeFile(file, JSON.stringify(object));
  const args = [trust, ...identity, 'create', `--filename=${file}`];
  await execute(plane.kubectl, args, { env: { HOME: home }, timeout: 60_000 });
}

/** Does what a kubelet does with its bootstrap kubeconfig: it gets a certificate, and makes its Node. */
async function joinCluster(name: string): Promise<void> {
  const key = node.at('node.key');
  const request = node.at('node.csr');
  const certificate = node.at('node.crt');
  await execute('openssl', [
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', key, '-out', request],
    ...['-subj', `/O=system:nodes/CN=system:node:${name}`],
  ]);
  await asKubelet([`--kubeconfig=${node.at('etc/kubernetes/bootstrap.kubeconfig')}`], {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'node-csr-1' },
    spec: {
      request: (await readFile(request)).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
    },
  });
  let signed = '';
  await until('a certificate', async () => {
    const path = '--output=jsonpath={.status.certificate}';
    signed = await plane.run(['get', 'csr', 'node-csr-1', path]);
    return signed !== '';
  });
  await writeFile(certificate, Buffer.from(signed, 'base64'));
  const identity = [`--client-certificate=${certificate}`, `--client-key=${key}`];
  await asKubelet([`--server=${plane.server}`, ...identity], {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
  });
}

describe('the seed of the guide', () => {
  beforeEach(async () => {
    node = await SeededNode.make();
  });
  afterEach(() => node.remove());

  const isApplied = (origin: string): string =>
    `<6>${origin}: this node is worker-1 of ${plane.server}\n`;

  it('is taken from the kernel line', async () => {
    const words = printed.find((text) => text.startsWith('kubeos.')) ?? '';
    expect(words.length).toBeLessThan(2048);
    await node.write('proc/cmdline', `quiet ${words}`);
    expect(await node.applySeed()).toBe(isApplied('kernel command line'));
    expect(await node.read('etc/kubernetes/pki/ca.crt')).toBe(await readFile(plane.caFile, 'utf8'));
  });

  it('is taken from the disk', async () => {
    await cp(join(home, 'seed.img'), node.at('disk'));
    expect(await node.applySeed()).toBe(isApplied(`disk ${node.at('disk')}`));
    const network = 'etc/systemd/network/10-static.network';
    expect(await node.read(network)).toContain('Gateway=');
    expect(await node.read('etc/kubernetes/node.env')).toContain(
      'NODE_LABELS=upgrade.openeuler.org/node-selector=web,topology.example.org/rack=r1\n',
    );
  });

  it('is taken from PERSIST, and lets a node join', async () => {
    await cp(join(home, 'seed'), node.at('persist/seed'), { recursive: true });
    expect(await node.applySeed()).toBe(isApplied('/persist/seed'));
    const mirror = 'etc/containerd/certs.d/registry.k8s.io/hosts.toml';
    expect(await node.read(mirror)).toContain('capabilities');
    await joinCluster('worker-1');
  });

  // Behind the one that joins.
  it.each(looks)('shows the node at $where', async ({ text }) => {
    const shown = await shell(text);
    expect(shown).toContain('Approved,Issued');
    expect(shown).toContain('worker-1');
  });
});
