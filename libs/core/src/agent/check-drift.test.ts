import { describe, expect, it } from '@jest/globals';
import type { SettingsSet } from '../api/os-instance.ts';
import {
  entry,
  kubelet,
  limits,
  maxPods,
  request,
  restarting,
  sysctl,
  type Entry,
} from './configure.fixture.ts';
import {
  activateRequest,
  enterTrial,
  MemoryNode,
  nodeWithV2,
  prepareV2,
} from './memory-node.fixture.ts';

describe('drift', () => {
  async function configured(drift: SettingsSet['drift'], ...configs: Entry[]): Promise<MemoryNode> {
    const node = new MemoryNode();
    const settings: SettingsSet = { version: 's1', configs, ...(drift && { drift }) };
    await node.agent().configure({ ...request([]), settings });
    return node;
  }

  it('is nothing while the node has what is wanted', async () => {
    const node = await configured(undefined, sysctl, maxPods);
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 0 } });
  });

  it('is told, and left, by default', async () => {
    const node = await configured(undefined, sysctl, maxPods);
    node.settings.kernel.set('vm/swappiness', '60\n');
    node.settings.files.set(kubelet, '');
    await node.agent().checkDrift();
    expect(node.status.settings?.drift).toEqual({
      total: 2,
      first: [
        { model: 'kernel.sysctl', key: 'vm.swappiness', message: 'The node has another value' },
        {
          model: 'kubernetes.kubelet',
          key: 'maxPods',
          message: 'The node has no such setting',
        },
      ],
    });
    expect(node.settings.files.get(kubelet)).toBe('');
  });

  it('is healed where the set says so, without a restart', async () => {
    const node = await configured('heal', sysctl, { ...maxPods, restart: false });
    node.settings.kernel.set('vm/swappiness', '60\n');
    node.settings.files.set(kubelet, 'maxPods: 110\n');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({
      drift: { total: 0 },
      pendingRestarts: ['kubelet.service'],
    });
    expect(node.settings.kernel.get('vm/swappiness')).toBe('10\n');
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
    expect(node.settings.restarted).toEqual([]);
  });

  it('of one file is told although another one cannot be read', async () => {
    const node = await configured(undefined, sysctl, maxPods);
    node.settings.kernel.set('vm/swappiness', '60\n');
    node.settings.files.set(kubelet, '{');
    const { drift } = await node.agent().checkDrift();
    expect(drift.first).toMatchObject([
      { model: 'kernel.sysctl', key: 'vm.swappiness' },
      { model: 'kubernetes.kubelet', key: '' },
    ]);
  });

  it('is not healed on a node that a person holds', async () => {
    const node = await configured('heal', maxPods);
    await enterTrial(Object.assign(node, { sources: nodeWithV2().sources }), 2);
    await node.agent().consoleRollback();
    node.boot();
    node.settings.files.set(kubelet, 'maxPods: 110\n');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 1 } });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
  });

  it('of a kernel line is that of the slot for which it was applied', async () => {
    const node = await configured('heal', entry('grub.cmdline.next', { audit: 1 }));
    const menu = node.settings.files.get('/boot/grub.cfg');
    node.startIn('B', 'manual');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 0 } });
    expect(node.settings.files.get('/boot/grub.cfg')).toBe(menu);
  });

  it('is not asked of live parameters that were set before a switch', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().configure(request([sysctl], { type: 'upgrade', phase: 'Before' }));
    node.settings.kernel.set('vm/swappiness', '60\n');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 0 } });
  });

  it('sees that a program was restarted by hand', async () => {
    const node = await configured(undefined, maxPods);
    node.settings.started.set('kubelet.service', 50);
    await expect(node.agent().checkDrift()).resolves.toMatchObject({
      pendingRestarts: ['kubelet.service'],
    });
    node.settings.started.set('kubelet.service', 150);
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ pendingRestarts: [] });
  });

  it('is not asked of a parameter that can only be written', async () => {
    const node = new MemoryNode();
    node.settings.kernel.set('vm/compact_memory', '');
    const settings: SettingsSet = {
      ...{ version: 's1', drift: 'heal' },
      configs: [entry('kernel.sysctl', { 'vm.compact_memory': 1 })],
    };
    await node.agent().configure({ ...request([]), settings });
    node.settings.kernel.set('vm/compact_memory', '');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 0 } });
    expect(node.settings.kernel.get('vm/compact_memory')).toBe('');
  });

  it('is told by the set applied last where both sets speak of a setting', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().configure(request([sysctl, limits], { type: 'upgrade', phase: 'Before' }));
    await node.agent().activate(activateRequest(1));
    node.boot();
    const later = entry('kernel.sysctl', { 'vm.swappiness': 20 });
    await node.agent().configure(request([later], { type: 'upgrade' }));
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 0 } });
    node.settings.files.set('/etc/security/limits.conf', '');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({
      drift: { total: 1, first: [{ model: 'pam.limits' }] },
    });
  });

  it('is not healed while settings are on trial', async () => {
    const node = await configured('heal', restarting);
    node.settings.files.set(kubelet, 'maxPods: 110\n');
    await expect(node.agent().checkDrift()).resolves.toMatchObject({ drift: { total: 1 } });
  });
});

describe('a preview', () => {
  it('tells what a set would do and changes nothing', async () => {
    const node = new MemoryNode();
    const report = await node.agent().preview({ version: 's1', configs: [restarting] });
    expect(report).toMatchObject({ disruption: 'restart' });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    await expect(node.agent().heldSettings()).resolves.toEqual({});
  });

  it('knows of the reboot that a kernel line takes', async () => {
    const audit = entry('grub.cmdline.current', { audit: 1 }, { reboot: 'ifNeeded' });
    const report = await new MemoryNode().agent().preview({ version: 's1', configs: [audit] });
    expect(report).toMatchObject({ disruption: 'reboot' });
  });

  it('holds no value', async () => {
    const node = new MemoryNode();
    node.settings.files.set(kubelet, 'maxPods: 110\ntoken: secret\n');
    const secret = entry('kubernetes.kubelet', { token: 'other' });
    const report = await node.agent().preview({ version: 's1', configs: [secret] });
    expect(JSON.stringify(report)).not.toMatch(/secret|other/);
  });
});

describe('the sets that hold', () => {
  it('are told as they were asked for', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    const before = request([limits], { type: 'upgrade', phase: 'Before' });
    await node.agent().configure(before);
    await node.agent().activate(activateRequest(1));
    node.boot();
    const after = request([maxPods], { type: 'upgrade' });
    await node.agent().configure(after);
    await expect(node.agent().heldSettings()).resolves.toEqual({
      before: before.settings,
      after: after.settings,
    });
  });
});
