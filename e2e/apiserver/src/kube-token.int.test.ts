import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenKubeconfig } from '@kubeos/control-plane';
import { createApiClient, loadKubeConfig, nodeUidOfToken, type ApiClient } from '@kubeos/kube';
import { createNode, startTestCluster, type TestCluster } from './cluster.fixture.ts';

/** What a proxy has in its pod: a token bound to the pod, and nothing else. */
describe('the token of a pod', () => {
  let test: TestCluster;
  let token: string;
  let api: ApiClient;

  beforeAll(async () => {
    test = await startTestCluster();
    const { plane } = test;
    await createNode(test.api, 'n1');
    await plane.run(['create', 'serviceaccount', 'os-proxy']);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        nodeName: 'n1',
        serviceAccountName: 'os-proxy',
        containers: [{ name: 'c', image: 'i' }],
      },
    };
    await plane.run(['create', '-f', '-'], JSON.stringify(pod));
    const bound = ['--bound-object-kind=Pod', '--bound-object-name=p'];
    token = (await plane.run(['create', 'token', 'os-proxy', ...bound])).trim();
    const kubeconfig = join(plane.folder, 'proxy.kubeconfig');
    await writeFile(kubeconfig, tokenKubeconfig({ ...plane, token }), { mode: 0o600 });
    api = createApiClient(loadKubeConfig(kubeconfig));
  });

  afterAll(async () => {
    api.close();
    await test.end();
  });

  it('names the Node that the pod runs on', async () => {
    const uid = await test.plane.run(['get', 'node', 'n1', '-o', 'jsonpath={.metadata.uid}']);

    expect(nodeUidOfToken(token)).toBe(uid);
  });

  it('is refused where no role allows it, with a code of its own', async () => {
    const request = { method: 'GET', path: '/api/v1/nodes' } as const;

    await expect(api.request(request)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is accepted where a role allows it', async () => {
    await test.plane.run(['create', 'clusterrole', 'r', '--verb=list', '--resource=nodes']);
    const binding = ['--clusterrole=r', '--serviceaccount=default:os-proxy'];
    await test.plane.run(['create', 'clusterrolebinding', 'r', ...binding]);

    const answer = await api.request({ method: 'GET', path: '/api/v1/nodes' });
    expect(answer).toMatchObject({ kind: 'NodeList' });
  });
});
