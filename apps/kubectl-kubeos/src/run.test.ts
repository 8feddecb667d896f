import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { aNode, anInstance, anOs, MemoryCluster } from './cluster.fixture.ts';
import { cluster, kubeos } from './kubeos.fixture.ts';

describe('kubectl kubeos', () => {
  it('prints its help and its version', async () => {
    expect((await kubeos(cluster(), ['-h'])).out).toContain('Usage: kubectl kubeos COMMAND');
    expect((await kubeos(cluster(), ['--version'])).out).toBe('kubectl-kubeos 1.2.3\n');
  });

  it('ends with the status of what went wrong, in one line', async () => {
    const refusing = cluster();
    refusing.answer = () => {
      throw new KubeosError('FORBIDDEN', 'GET /api/v1/nodes: not you\n(403)');
    };
    expect(await kubeos(refusing, ['status'])).toEqual({
      status: 65,
      out: '',
      err: 'GET /api/v1/nodes: not you (403); ask for the right, or take another --context\n',
    });
    const stop = AbortSignal.abort('SIGINT');
    expect(await kubeos(refusing, ['status'], { stop })).toEqual({ status: 130, out: '', err: '' });
  });
});

describe('status', () => {
  it('is a table with a line for each worker', async () => {
    expect((await kubeos(cluster(), ['status'])).out).toBe(
      [
        'NODE   VERSION    WANTED     PHASE     PROGRESS   SINCE   WHY',
        'a      KubeOS 1   KubeOS 2   Waiting   -          -       Queued: Waiting for its turn',
        'b      KubeOS 1   KubeOS 2   Waiting   -          -       Held: b carries the annotation upgrade.openeuler.org/hold',
        '',
      ].join('\n'),
    );
  });

  it('shows more when it is wide, and everything to programs', async () => {
    const { out } = await kubeos(cluster(), ['status', '-o', 'wide']);
    expect(out).toMatch(/^NODE +ZONE +OS +VERSION +SLOT +WANTED/u);
    expect(out).toMatch(/^a +- +default\/web +KubeOS 1 +A +KubeOS 2/mu);
    const json = await kubeos(cluster(), ['status', '-o', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: 'NodeStateList',
      items: [
        { node: 'a', reason: 'Queued', runbook: 'waiting' },
        { node: 'b', reason: 'Held' },
      ],
    });
    expect((await kubeos(cluster(), ['status', '-o', 'yaml'])).out).toContain('\n  - node: a\n');
  });

  it('has colours in a terminal only, and not where nobody wants them', async () => {
    const done = new MemoryCluster([
      aNode('a'),
      anInstance('a'),
      anOs('web', { osversion: 'KubeOS 1' }),
    ]);
    expect((await kubeos(done, ['status'], { terminalRows: 20 })).out).toContain(
      '\u001b[32mUpToDate',
    );
    const env = { NO_COLOR: '1' };
    expect((await kubeos(done, ['status'], { terminalRows: 20, env })).out).not.toContain('\u001b');
    expect((await kubeos(done, ['status'])).out).not.toContain('\u001b');
  });

  it('is of the objects of a namespace, of all, or of those that are named', async () => {
    const two = cluster(anOs('web', { nodeselector: 'no-label' }, {}, { namespace: 'apps' }));
    const none = await kubeos(two, ['status']);
    expect(none).toMatchObject({ status: 0, out: '' });
    expect(none.err).toContain('No OS object of namespace default selects a node');
    expect((await kubeos(two, ['status', '-A'])).out).toContain('\nb ');
    expect((await kubeos(two, ['status', '-n', 'apps', 'os/web'])).out).toContain('\nb ');
    expect(await kubeos(two, ['status', 'web'])).toMatchObject({ status: 66, out: '' });
    const empty = new MemoryCluster([anOs('web')]);
    expect((await kubeos(empty, ['status', 'web'])).err).toBe('No nodes are selected by web\n');
    expect((await kubeos(new MemoryCluster([]), ['status', '-A'])).err).toBe('No nodes found\n');
  });

  it('does not watch for programs', async () => {
    expect(await kubeos(cluster(), ['status', '-w', '-o', 'json'])).toMatchObject({ status: 64 });
  });
});

describe('explain', () => {
  it('says of a node what it waits for and what ends that', async () => {
    const { out } = await kubeos(cluster(), ['explain', 'b']);
    expect(out).toContain('Reason:         Held\n');
    expect(out).toContain('What ends it:   Let the node go with kubectl kubeos unhold NODE;');
    expect(out).toContain('Runbook:        docs/runbooks/waiting.md\n');
  });

  it('says it of an object, with who waits for what', async () => {
    const conditions = [
      {
        type: 'Ready',
        status: 'False',
        reason: 'Queued',
        message: '1 node(s) wait',
        lastTransitionTime: '2026-01-01T00:58:00Z',
      },
    ];
    const os = anOs('web', {}, { observedGeneration: 1, conditions });
    const { out } = await kubeos(cluster(os), ['explain', 'web']);
    expect(out).toContain('Nodes:          2: 0 up to date, 0 at work, 2 waiting, 0 failed\n');
    expect(out).toContain('Since:          2m\n');
    expect(out).toContain('\n1 waiting, Held: b\n');
  });

  it('takes a name that both have for the node, unless told otherwise', async () => {
    const both = cluster(anOs('a'));
    expect((await kubeos(both, ['explain', 'a'])).out).toMatch(/^Node: /u);
    expect((await kubeos(both, ['explain', 'os/a'])).out).toMatch(/^OS: /u);
    const json = await kubeos(both, ['explain', 'os/a', '-o', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'OSExplanation', reason: 'OperatorSilent' });
    expect(JSON.parse((await kubeos(both, ['explain', 'a', '-o', 'json'])).out)).toMatchObject({
      kind: 'NodeExplanation',
    });
  });

  it.each([
    [['explain'], 64, 'NODE or OS is missing'],
    [['explain', 'a', 'b'], 64, '"b" is one word too many'],
    [['explain', 'x'], 66, 'There is no Node x and OS default/x'],
    [['explain', 'node/x'], 66, 'There is no Node x'],
    [['explain', 'os/x'], 66, 'There is no OS default/x'],
    [['explain', 'm'], 66, 'm is of the control plane'],
    [['explain', 'a', '-o', 'wide'], 64, 'no wide output'],
  ])('refuses %j', async (argv, status, message) => {
    const said = await kubeos(cluster(), argv);
    expect(said).toMatchObject({ status, out: '' });
    expect(said.err).toContain(message);
  });
});
