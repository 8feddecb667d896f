import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import {
  codeOf,
  entry,
  kubelet,
  limits,
  maxPods,
  request,
  restarting,
} from './configure.fixture.ts';
import { enterTrial, MemoryNode, nodeWithV2 } from './memory-node.fixture.ts';

const limitsFile = '/etc/security/limits.conf';

describe('B-40: a file that cannot be written', () => {
  it('takes all others back, and counts for nothing', async () => {
    const node = new MemoryNode();
    const before = new Map(node.settings.files);
    node.settings.readOnly.add(kubelet);
    await expect(codeOf(node.agent().configure(request([limits, maxPods])))).resolves.toBe(
      'STORAGE_FULL',
    );
    expect(node.settings.files).toEqual(before);
    expect(node.status.settings).not.toHaveProperty('after');
    await node.agent().cancel(request([]));
    expect(node.status).toMatchObject({ operation: { result: 'Cancelled' }, warnings: [] });
    expect(node.status.settings).not.toHaveProperty('after');
  });

  it('is written once it can be', async () => {
    const node = new MemoryNode();
    node.settings.readOnly.add(kubelet);
    await codeOf(node.agent().configure(request([limits, maxPods])));
    node.settings.readOnly.clear();
    await expect(node.agent().configure(request([limits, maxPods]))).resolves.toMatchObject({
      result: 'Committed',
    });
    expect(node.settings.files.get(limitsFile)).toContain('alice');
    expect(node.status.settings).toMatchObject({ after: 's1' });
  });

  it('keeps a return going until it is through, and says so', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    node.settings.readOnly.add(kubelet);
    await node.pass(300);
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
    expect(node.passesRun).toBe(true);
    expect((await node.agent().look()).warnings).toMatchObject([{ reason: 'SettingsStuck' }]);
    node.settings.readOnly.clear();
    await node.agent().returnPass();
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.status).toMatchObject({
      operation: { result: 'Returned', failure: { code: 'NOT_CONFIRMED' } },
      warnings: [],
    });
  });
});

describe('a change that a killed agent has left half done', () => {
  it('is taken back by the operation that overtakes it', async () => {
    const whole = new MemoryNode();
    await whole.agent().configure(request([maxPods]));
    const node = new MemoryNode();
    node.cutAfter = whole.writes.indexOf(`file ${kubelet}`) + 1;
    await codeOf(node.agent().configure(request([maxPods])));
    const { bootId } = node;
    node.startIn('A', 'good');
    node.bootId = bootId;
    const next = node.agent().configure(request([limits], { seq: 2 }));
    await expect(next).resolves.toMatchObject({ result: 'Committed' });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.settings.files.get(limitsFile)).toContain('alice');
  });
});

describe('what is told of settings', () => {
  it('is the set before while the new one may still go back', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([limits]));
    const next = request([restarting], { seq: 2 });
    await node.agent().configure({ ...next, settings: { ...next.settings, version: 's2' } });
    expect(node.status.settings).toMatchObject({ after: 's1' });
  });

  it('does not keep a reboot pending that a return has made needless', async () => {
    const node = new MemoryNode();
    const persisted = entry('kernel.sysctl.persist', { 'vm.swappiness': 10 });
    await node.agent().configure(request([restarting, persisted]));
    expect(node.status.settings).toMatchObject({ rebootPending: true });
    await node.agent().cancel(request([]));
    expect(node.status.settings).toMatchObject({ rebootPending: false });
  });

  it('is that the records are lost, where they cannot be read', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    node.settings.stateText = 'torn';
    await node.agent().returnPass();
    await node.agent().start();
    expect(node.status).toMatchObject({
      operation: { result: 'Returned', failure: { code: 'STATE_UNREADABLE', class: 'lost' } },
      warnings: [{ reason: 'RecordsLost' }],
    });
  });
});

describe('a node that changed since its turn was planned', () => {
  it('is not disturbed more than it was admitted for', async () => {
    const node = new MemoryNode();
    node.settings.files.set(kubelet, 'maxPods: 200\n');
    await node.agent().configure(request([restarting], { phase: 'Prepare' }));
    node.settings.files.set(kubelet, 'maxPods: 110\n');
    await expect(codeOf(node.agent().configure(request([restarting])))).resolves.toBe(
      'PLAN_OUTDATED',
    );
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.settings.restarted).toEqual([]);
  });
});

describe('a person at the console', () => {
  it('confirms settings on trial', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    await expect(node.agent().consoleConfirm()).resolves.toMatchObject({ result: 'Committed' });
    await node.pass(300);
    await node.agent().returnPass();
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
    expect(node.status).toMatchObject({ operation: { result: 'Committed' } });
  });

  it('takes them back without a reboot', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    await expect(node.agent().consoleRollback()).resolves.toMatchObject({
      result: 'Returned',
      slot: 'A',
      reboots: false,
    });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.status).toMatchObject({ held: true, operation: { result: 'Returned' } });
  });
});

describe('a return pass while somebody holds the lock', () => {
  const busy = new KubeosError('BUSY', 'programs are being restarted');

  it('leaves a trial alone before its time', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    node.faults.lock = busy;
    await expect(agent.returnPass()).resolves.toBe('nothing');
  });

  it('fails after it, so that its unit reboots', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await node.pass(300);
    node.faults.lock = busy;
    await expect(agent.returnPass()).rejects.toMatchObject({ code: 'BUSY' });
  });
});
