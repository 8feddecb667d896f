import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { anOs, type Stored } from '../cluster.fixture.ts';
import { cluster, kubeos } from '../kubeos.fixture.ts';

describe('plan and diff', () => {
  const file = JSON.stringify({
    ...{ apiVersion: 'upgrade.openeuler.org/v1alpha1', kind: 'OS', metadata: { name: 'web' } },
    spec: anOs('web', { osversion: 'KubeOS 3', maxunavailable: 2 })['spec'],
  });
  const readInput = async () => file;

  it('tells who would go and who not, and writes nothing', async () => {
    const server = cluster();
    const { out } = await kubeos(server, ['plan', '-f', '-'], { readInput });
    expect(out).toContain('Wanted:       upgrade to KubeOS 3\nInstead of:   upgrade to KubeOS 2\n');
    expect(out).toContain('Nodes:        2: 0 as wanted, 1 to go, 1 blocked\n');
    expect(out).toMatch(/^1 +a +- +70s +\S+ +0 +yes$/mu);
    expect(out).toMatch(/^b +Held +b carries/mu);
    const written = server.requests.filter(({ method }) => method !== 'GET');
    expect(written).toMatchObject([{ method: 'POST', query: { dryRun: 'All' } }]);
  });

  it('is of the object in the cluster when it is named', async () => {
    const { out } = await kubeos(cluster(), ['plan', 'web', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      ...{ kind: 'RolloutForecast', os: 'default/web' },
      nodes: [{ node: 'a', batch: 1 }],
      differences: [{ node: 'a', version: { from: 'KubeOS 1', to: 'KubeOS 2' } }, { node: 'b' }],
    });
  });

  it('can be played to its end', async () => {
    const { out } = await kubeos(cluster(), [
      'plan',
      'web',
      '--simulate',
      '--assume',
      'reboot=100',
    ]);
    expect(out).toContain('Outcome:    completed: AllNodesUpdated\n');
    expect(out).toMatch(/^a +- +updated +\S+ +\S+ +\S+ +\S+ +\S+ +\S+$/mu);
  });

  it('says so when the API server has not checked the file', async () => {
    const server = cluster();
    server.answer = ({ method }) => {
      if (method === 'POST') throw new KubeosError('FORBIDDEN', 'not you');
      return undefined;
    };
    const said = await kubeos(server, ['plan', '-f', '-'], { readInput });
    expect(said).toMatchObject({ status: 0 });
    expect(said.err).toContain('has not checked this one');
  });

  it.each([
    ['a: [', '- is no YAML'],
    ['kind: Pod', '- has no object of kind OS'],
    [`${file}\n---\n${file}`, '- has more than one OS object: web, web'],
  ])('refuses a file with %j', async (text, message) => {
    const said = await kubeos(cluster(), ['diff', '-f', '-'], { readInput: async () => text });
    expect(said).toMatchObject({ status: 64, out: '' });
    expect(said.err).toContain(message);
  });

  it('ends with 1 when something differs, and with 0 when nothing does', async () => {
    const differs = await kubeos(cluster(), ['diff', '-f', '-'], { readInput });
    expect(differs.status).toBe(1);
    expect(differs.out).toBe('2 node(s): a, b\n  version: KubeOS 1 -> KubeOS 3\n');
    const same = cluster(anOs('web', { osversion: 'KubeOS 1' }));
    expect(await kubeos(same, ['diff', 'web'])).toMatchObject({ status: 0, out: '' });
    expect(await kubeos(same, ['diff', 'node/a'])).toMatchObject({ status: 0, out: '' });
    expect((await kubeos(cluster(), ['diff', 'a', '-o', 'json'])).status).toBe(1);
  });

  it('shows settings key by key', async () => {
    const contents = [{ key: 'vm.swappiness', value: '10' }];
    const sysconfigs = { version: 's1', configs: [{ model: 'kernel.sysctl', contents }] };
    const server = cluster(anOs('web', { opstype: 'config', osversion: 'KubeOS 1', sysconfigs }));
    const { out } = await kubeos(server, ['diff', 'web']);
    expect(out).toMatch(/^ {2}kernel.sysctl +vm.swappiness +\? +10$/mu);
    const planned = await kubeos(server, ['plan', 'web']);
    expect(planned.out).toContain('Wanted:       config of KubeOS 1 with settings s1\n');
    expect(planned.out).toMatch(/^Reboots: +up to 0$/mu);
    expect(planned.out).toMatch(/^ {2}kernel.sysctl +vm.swappiness +\? +10$/mu);
    const played = await kubeos(server, ['plan', 'web', '--simulate']);
    expect(played).toMatchObject({ status: 65, out: '' });
  });
});

describe('history', () => {
  const event: Stored = {
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default', uid: 'e', resourceVersion: '1' },
    involvedObject: { kind: 'OSInstance', name: 'a', namespace: 'default' },
    ...{ type: 'Warning', reason: 'BootFailed', message: 'GiveBack: no init' },
    eventTime: '2026-01-01T00:55:00.000000Z',
  };

  it.each([[['history']], [['history', 'a']], [['history', 'os/web']], [['history', '-A']]])(
    'tells events with %j',
    async (argv) => {
      const { out, err } = await kubeos(cluster(anOs('web'), event), argv);
      expect(out).toMatch(/^5m +node\/a +Warning +BootFailed +GiveBack: no init$/mu);
      expect(err).toContain('Events are kept for an hour');
    },
  );

  it('says when nothing is known', async () => {
    const said = await kubeos(cluster(), ['history', 'b']);
    expect(said).toMatchObject({ status: 0, out: '' });
    expect(said.err).toContain('Nothing is known');
    const json = await kubeos(cluster(), ['history', 'b', '-o', 'json']);
    expect(JSON.parse(json.out)).toEqual({ kind: 'HistoryList', items: [] });
  });
});
