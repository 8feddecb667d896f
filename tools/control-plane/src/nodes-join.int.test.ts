import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';

import { createAuthority } from './authority.ts';
import { startControlPlane, tokenKubeconfig, type ControlPlane } from './index.ts';
import { kubeconfigText } from './kubeconfig.ts';

const deadlineSeconds = 120;

/** Stands for a kubelet: it lets in who has a certificate of the plane's CA, and says who and what came. */
async function startKubelet(folder: string, caFile: string): Promise<Server> {
  const authority = await createAuthority(folder, '/CN=kubelet-ca');
  const own = await authority.issue('kubelet', '/CN=n1', ['extendedKeyUsage=serverAuth']);
  const [key, cert, ca] = await Promise.all(
    [own.keyFile, own.certificateFile, caFile].map(async (file) => readFile(file)),
  );
  const options = { key, cert, ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, ({ socket, url }, response) => {
    const who =
      socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : 'nobody with TLS';
    response.end(`${String(who)} ${String(url)}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a control plane that nodes join', () => {
  let folder: string;
  let plane: ControlPlane;
  let kubelet: Server;

  const path = (name: string): string => join(folder, name);
  const create = async (object: object): Promise<string> =>
    plane.run(['create', '--filename=-'], JSON.stringify(object));
  const apply = async (object: object): Promise<string> =>
    plane.run(['apply', '--filename=-'], JSON.stringify(object));
  /** What kubectl says for the holder of another kubeconfig. */
  const runAs = async (
    kubeconfig: string,
    args: readonly string[],
    input?: object,
  ): Promise<string> => {
    const stdin = input === undefined ? {} : { input: JSON.stringify(input) };
    const env = { HOME: folder };
    const all = [`--kubeconfig=${path(kubeconfig)}`, ...args];
    return (await exec(plane.kubectl, all, { env, ...stdin })).stdout;
  };
  /** As a kubelet registers it; all guests of QEMU's user network have the same address. */
  const node = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: {
      addresses: [
        { type: 'InternalIP', address: '10.0.2.15' },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    },
  });
  const pod = (name: string, nodeName: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName, containers: [{ name: 'web', image: 'example.test/web:1' }] },
  });
  const signedCertificate = async (request: string): Promise<string> => {
    const deadline = performance.now() + deadlineSeconds * 1000;
    for (;;) {
      const seen = await plane.run(['get', 'csr', request, '--output=jsonpath={.status}']);
      const { certificate } = JSON.parse(seen || '{}') as { certificate?: string };
      if (certificate !== undefined) return Buffer.from(certificate, 'base64').toString();
      if (performance.now() > deadline) throw new Error(`No certificate; last seen: ${seen}`);
      await delay(100);
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-nodes-join-'));
    plane = await startControlPlane({ nodesJoin: true, components: ['controller-manager'] });
    kubelet = await startKubelet(folder, plane.caFile);
  }, 1_200_000);

  afterAll(async () => {
    await plane.stop();
    kubelet.close();
    await rm(folder, { recursive: true });
  });

  it('hands out tickets with a server that guests reach and a token of their own', async () => {
    const [ticket, other] = await Promise.all([plane.join(), plane.join()]);
    expect(ticket.server).toBe(plane.server.replace('127.0.0.1', '10.0.2.2'));
    expect(ticket.caFile).toBe(plane.caFile);
    expect(other.token).not.toBe(ticket.token);
  });

  it('signs by itself what the holder of a ticket asks for its node', async () => {
    const { caFile, token } = await plane.join();
    const { server } = plane;
    await writeFile(path('bootstrap'), tokenKubeconfig({ server, caFile, token }));
    const who = await runAs('bootstrap', [
      'auth',
      'whoami',
      '--output=jsonpath={.status.userInfo}',
    ]);
    expect(JSON.parse(who)).toMatchObject({
      groups: expect.arrayContaining(['system:bootstrappers:kubeos']),
    });

    await exec('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', path('n1.key'), '-out', path('n1.csr')],
      ...['-subj', '/O=system:nodes/CN=system:node:n1'],
    ]);
    await runAs('bootstrap', ['create', '--filename=-'], {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'n1' },
      spec: {
        request: (await readFile(path('n1.csr'))).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        usages: ['digital signature', 'client auth'],
      },
    });
    const certificatePem = await signedCertificate('n1');
    const [caPem, keyPem] = await Promise.all([
      readFile(caFile, 'utf8'),
      readFile(path('n1.key'), 'utf8'),
    ]);
    await writeFile(path('n1'), kubeconfigText({ server, caPem, certificatePem, keyPem }));
  });

  it('lets that node register itself and no other', async () => {
    await runAs('n1', ['create', '--filename=-'], node('n1'));
    await expect(runAs('n1', ['create', '--filename=-'], node('n2'))).rejects.toMatchObject({
      details: { stderr: expect.stringContaining('node "n1" is not allowed to modify node "n2"') },
    });
  });

  it('gets the logs of a pod from the kubelet, which sees a client with rights of its own', async () => {
    const address = kubelet.address();
    plane.forwardKubelet('n1', typeof address === 'object' ? (address?.port ?? 0) : 0);
    await create(pod('web', 'n1'));
    await expect(plane.run(['logs', 'web'])).resolves.toBe(
      'kube-apiserver-kubelet-client /containerLogs/default/web/web\n',
    );
  });

  it.each([
    ['get', 'nodes', 'log', 'true'],
    ['create', 'nodes', 'proxy', 'true'],
    ['get', 'secrets', '', 'false'],
  ])('answers a kubelet that asks whether that client may %s %s %s: %s', async (...row) => {
    const [verb, resource, subresource, allowed] = row;
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'kube-apiserver-kubelet-client',
        resourceAttributes: { verb, resource, subresource },
      },
    };
    const args = ['create', '--filename=-', '--output=jsonpath={.status.allowed}'];
    await expect(plane.run(args, JSON.stringify(review))).resolves.toBe(allowed);
  });

  it('says why it does not reach a node that is not forwarded', async () => {
    await create(node('n3'));
    await create(pod('far', 'n3'));
    await expect(plane.run(['logs', 'far'])).rejects.toMatchObject({
      details: { stderr: expect.stringContaining('Refused n3:10250: not port 10250 of a node') },
    });
  });

  it.each([
    ['by URL', { url: 'https://example.test/' }, 'example.test:443'],
    ['of a Service', { service: { namespace: 'default', name: 'hook' } }, '10.0.0.77:443'],
  ])('calls no webhook %s', async (_how, clientConfig, target) => {
    await apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook', namespace: 'default' },
      spec: { clusterIP: '10.0.0.77', ports: [{ port: 443 }] },
    });
    await create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.test',
          clientConfig,
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['limitranges'], operations: ['*'] },
          ],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    const range = {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'r' },
      spec: { limits: [] },
    };
    await expect(create(range)).rejects.toThrow(`Refused ${target}`);
    await expect(readFile(join(plane.folder, 'egress.log'), 'utf8')).resolves.toContain(target);
    await plane.run(['delete', 'validatingwebhookconfiguration', 'hook']);
  });

  it('goes on after a restart of the API server', async () => {
    await plane.restartApiServer();
    await expect(plane.run(['logs', 'web'])).resolves.toContain('/containerLogs/');
    await expect(runAs('n1', ['get', 'node', 'n1'])).resolves.toContain('n1');
    await expect(plane.join()).resolves.toMatchObject({ server: expect.any(String) });
  });

  it('writes no token into a log', async () => {
    const { token } = await plane.join();
    const logs = await Promise.all(
      ['etcd', 'kube-apiserver', 'kube-controller-manager', 'egress'].map(async (name) =>
        readFile(join(plane.folder, `${name}.log`), 'utf8'),
      ),
    );
    expect(logs.join('')).not.toContain(token.split('.')[1]);
  });
});

describe('a control plane of played nodes', () => {
  it('says that it was not started for real ones', async () => {
    const plane = await startControlPlane({ components: [] });
    try {
      await expect(plane.join()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      expect(() => {
        plane.forwardKubelet('n1', 1);
      }).toThrow('nodesJoin');
    } finally {
      await plane.stop();
    }
  });
});
