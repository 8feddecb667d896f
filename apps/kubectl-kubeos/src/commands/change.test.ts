import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { aNode, anInstance, anOs, MemoryCluster } from '../cluster.fixture.ts';
import { cluster, fleet, kubeos } from '../kubeos.fixture.ts';

describe('what people ask for', () => {
  it('is written guarded, and told', async () => {
    const server = cluster();
    const { out } = await kubeos(server, ['pause', 'web']);
    expect(out).toBe('os/web paused\n  spec.paused: false -> true\n');
    expect(server.patches).toEqual([
      {
        path: '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os/web',
        body: { spec: { paused: true }, metadata: { uid: 'uid-web', resourceVersion: '7' } },
      },
    ]);
    expect(server.requests.at(-1)?.query).toEqual({ fieldManager: 'kubectl-kubeos' });
  });

  it.each([
    ['client', 0, ' (dry run)'],
    ['server', 1, ' (server dry run)'],
  ])('is only tried with --dry-run=%s', async (dryRun, patches, suffix) => {
    const server = cluster();
    const { out } = await kubeos(server, ['hold', 'a', `--dry-run=${dryRun}`]);
    expect(out).toContain(`node/a held${suffix}\n`);
    expect(server.patches).toHaveLength(patches);
  });

  it.each([
    [['resume', 'web'], 'os/web is not paused\n'],
    [['hold', 'b'], 'node/b is held already: mine\n'],
    [['unhold', 'a'], 'node/a is not held\n'],
  ])('is nothing where it is so already: %j', async (argv, out) => {
    const server = cluster();
    expect(await kubeos(server, argv)).toMatchObject({ status: 0, out });
    expect(server.patches).toEqual([]);
  });

  it('of several objects is refused before anything is written', async () => {
    const server = cluster();
    const said = await kubeos(server, ['hold', 'a', 'b', '--reason', 'other']);
    expect(said).toMatchObject({ status: 75, out: '' });
    expect(said.err).toContain('b is held already, for "mine"');
    expect(server.patches).toEqual([]);
    const all = await kubeos(server, ['hold', 'a', 'b', '--reason', 'other', '--overwrite']);
    expect(all.out.match(/ held\n/gu)).toHaveLength(2);
  });

  it('says what was changed before it failed', async () => {
    const server = cluster();
    server.answer = ({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/b'))
        throw new KubeosError('API_UNAVAILABLE', 'gone');
      return undefined;
    };
    const said = await kubeos(server, ['hold', 'a', 'b', '--reason', 'x', '--overwrite']);
    expect(said).toMatchObject({ status: 75, out: '' });
    expect(said.err).toMatch(/^Changed before that:\nnode\/a held\n/u);
  });

  it('warns of those who would set it back, and of nodes at work', async () => {
    const managedFields = [
      { manager: 'argocd', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
    ];
    const server = cluster(anOs('web', {}, { working: 2 }, { managedFields }));
    const { err } = await kubeos(server, ['pause', 'web']);
    expect(err).toBe(
      'argocd declares spec.paused of web and may set it back\n2 node(s) at work are finished\n',
    );
  });

  it('is refused for the control plane, and for what has not failed', async () => {
    expect((await kubeos(cluster(), ['hold', 'm'])).err).toContain('m is of the control plane');
    const retry = await kubeos(cluster(), ['retry', 'a']);
    expect(retry).toMatchObject({ status: 65, out: '' });
    expect(retry.err).toContain('No retry: a has not failed KubeOS 2');
  });

  it('goes back where the other slots hold a version', async () => {
    const server = cluster();
    const { out } = await kubeos(server, ['rollback', 'web']);
    expect(out).toContain('os/web rolls back to KubeOS 0\n  spec.opstype: upgrade -> rollback\n');
    expect(server.patches).toMatchObject([
      { body: { spec: { opstype: 'rollback', osversion: 'KubeOS 0' } } },
    ]);
  });

  it('does not go back where the operator would not', async () => {
    const failed = { state: 'failed', version: 'KubeOS 0' };
    const slots = { A: { state: 'good', version: 'KubeOS 1' }, B: failed };
    const server = new MemoryCluster([
      ...fleet,
      aNode('c'),
      anInstance('c', {}, { slots }),
      anOs('web'),
    ]);
    const said = await kubeos(server, ['rollback', 'web']);
    expect(said).toMatchObject({ status: 65, out: '' });
    expect(said.err).toContain('1 node(s) cannot go back to KubeOS 0, c first');
    expect(server.patches).toEqual([]);
    const partial = await kubeos(server, ['rollback', 'web', '--partial']);
    expect(partial.err).toContain('c stays as it is');
    expect(server.patches).toHaveLength(1);
    const none = await kubeos(server, ['rollback', 'web', '--to-version', 'KubeOS 9', '--partial']);
    expect(none.err).toContain('No node can go back to KubeOS 9');
    expect((await kubeos(server, ['rollback', 'node/a'])).err).toContain('os-agent rollback');
  });
});
