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
  sysctl,
  type Entry,
} from './configure.fixture.ts';
import {
  activateRequest,
  confirmRequest,
  enterTrial,
  MemoryNode,
  nodeWithV2,
  prepareRequest,
  prepareV2,
} from './memory-node.fixture.ts';

const confirm = (node: MemoryNode, seq = 1) =>
  ({ id: `os/node/${seq}`, seq, type: 'config', bootId: node.bootId }) as const;

describe('a config that restarts nothing', () => {
  it('is planned while the node serves, and nothing is written for it', async () => {
    const node = new MemoryNode();
    const before = new Map(node.settings.files);
    const answer = await node.agent().configure(request([limits, maxPods], { phase: 'Prepare' }));
    expect(answer).toMatchObject({
      result: 'Prepared',
      report: {
        disruption: 'none',
        pendingRestarts: ['kubelet.service'],
        models: [
          { model: 'pam.limits', settings: [{ key: 'alice', outcome: 'added' }] },
          { model: 'kubernetes.kubelet', path: kubelet, settings: [{ outcome: 'set' }] },
        ],
      },
    });
    expect(node.settings.files).toEqual(before);
    expect(node.status.operation).toMatchObject({
      phase: 'Prepare',
      result: 'Prepared',
      disruption: 'none',
    });
  });

  it('is planned by itself for a config only', async () => {
    const node = new MemoryNode();
    const wanted = request([sysctl], { type: 'upgrade', phase: 'Prepare' });
    await expect(node.agent().configure(wanted)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('is done with one call, and a repeated one finds it done', async () => {
    const node = new MemoryNode();
    const agent = node.agent();
    const wanted = request([sysctl, limits, maxPods]);
    const first = await agent.configure(wanted);
    expect(first.result).toBe('Committed');
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
    expect(node.settings.kernel.get('vm/swappiness')).toBe('10\n');
    expect(node.settings.restarted).toEqual([]);
    expect(node.status.settings).toMatchObject({
      after: 's1',
      refused: { total: 0 },
      pendingRestarts: ['kubelet.service'],
    });
    await expect(node.agent().configure(wanted)).resolves.toEqual(first);
  });

  it('B-31: tells which settings were refused, also the kernel that takes no such value', async () => {
    const node = new MemoryNode();
    node.settings.deaf.add('net/ipv4/ip_forward');
    const settings = { 'vm.no_such': 1, 'net.ipv4.ip_forward': 1, 'vm.swappiness': 10 };
    const answer = await node.agent().configure(request([entry('kernel.sysctl', settings)]));
    expect(answer).toMatchObject({
      result: 'Committed',
      report: {
        models: [
          {
            settings: [
              { outcome: 'refused', reason: 'The kernel has no such parameter' },
              { outcome: 'refused', reason: 'The kernel takes no such value' },
              { outcome: 'set' },
            ],
          },
        ],
      },
    });
    expect(node.status.settings?.refused).toEqual({
      total: 2,
      first: [
        {
          model: 'kernel.sysctl',
          key: 'vm.no_such',
          message: 'The kernel has no such parameter',
        },
        {
          model: 'kernel.sysctl',
          key: 'net.ipv4.ip_forward',
          message: 'The kernel takes no such value',
        },
      ],
    });
  });

  it('says so when the kernel clips a value in silence', async () => {
    const node = new MemoryNode();
    const set = node.settings.kernel.set.bind(node.settings.kernel);
    node.settings.kernel.set = (path) => set(path, '7\n');
    const answer = await node.agent().configure(request([sysctl]));
    expect(answer.report.models[0]?.settings).toEqual([
      {
        key: 'vm.swappiness',
        outcome: 'refused',
        reason: 'The kernel took it and holds another value',
      },
    ]);
  });

  it.each([
    ['a model that is none', entry('no.such', { a: 1 }), 'SETTINGS_REFUSED'],
    [
      'B-53: a file outside the folders of the model',
      entry('kubernetes.kubelet', { maxPods: 1 }, { configpath: '/etc/shadow' }),
      'SETTINGS_REFUSED',
    ],
  ])('writes nothing at all for %s', async (_name, wrong, code) => {
    const node = new MemoryNode();
    const before = new Map(node.settings.files);
    await expect(codeOf(node.agent().configure(request([limits, wrong])))).resolves.toBe(code);
    expect(node.settings.files).toEqual(before);
    expect(node.settings.stateText).toBeUndefined();
    expect(node.status).not.toHaveProperty('operation');
    expect(node.status.lastFailure).toMatchObject({ seq: 1, code });
  });

  it('writes nothing when a program would not take its file', async () => {
    const node = new MemoryNode();
    node.settings.check = (unit) => (unit === 'kubelet.service' ? 'line 1 is wrong' : undefined);
    const done = node.agent().configure(request([limits, maxPods]));
    await expect(done).rejects.toMatchObject({
      code: 'SETTINGS_REFUSED',
      message: `${kubelet} would not be valid: line 1 is wrong`,
    });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
  });
});

describe('a config that restarts programs', () => {
  it('is on trial until it is confirmed', async () => {
    const node = new MemoryNode();
    const planned = await node.agent().configure(request([restarting], { phase: 'Prepare' }));
    expect(planned.report.disruption).toBe('restart');
    await expect(node.agent().configure(request([restarting]))).resolves.toMatchObject({
      result: 'Configured',
    });
    expect(node.settings.restarted).toEqual(['kubelet.service']);
    expect(node.passesRun).toBe(true);
    await node.pass(299);
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
    await expect(node.agent().confirm(confirm(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    await node.pass(2);
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
    expect(node.status.settings).toMatchObject({ after: 's1', pendingRestarts: [] });
  });

  it.each([
    [
      'nobody confirms it in time',
      async (node: MemoryNode) => {
        await node.pass(300);
        await expect(node.agent().returnPass()).resolves.toBe('returned');
      },
      { result: 'Returned', failure: { code: 'NOT_CONFIRMED' } },
      ['kubelet.service', 'kubelet.service'],
    ],
    [
      'it is cancelled',
      async (node: MemoryNode) => {
        await node.agent().cancel(request([], { seq: 1 }));
      },
      { result: 'Cancelled' },
      ['kubelet.service', 'kubelet.service'],
    ],
    [
      'the node reboots',
      async (node: MemoryNode) => {
        node.startIn('A', 'good');
        await node.agent().start();
      },
      { result: 'Returned', failure: { code: 'NOT_CONFIRMED' } },
      ['kubelet.service'],
    ],
  ])('goes back when %s', async (_name, happens, operation, restarted) => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting, sysctl]));
    await happens(node);
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.settings.restarted).toEqual(restarted);
    expect(node.status).toMatchObject({ operation });
    expect(node.status.settings).not.toHaveProperty('after');
  });

  it('is not confirmed any more after a reboot', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    node.startIn('A', 'good');
    await expect(node.agent().confirm(confirm(node))).resolves.toMatchObject({
      result: 'Returned',
    });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
  });

  it('puts the kernel back too in the same boot', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting, sysctl]));
    await node.agent().cancel(request([], { seq: 1 }));
    expect(node.settings.kernel.get('vm/swappiness')).toBe('60\n');
  });

  it('is returned when the program does not come up', async () => {
    const node = new MemoryNode();
    node.settings.broken.set('kubelet.service', 'it is failed');
    const wanted = request([restarting]);
    await expect(node.agent().configure(wanted)).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message:
        'The old settings are back. kubelet.service: it is failed; on the way back kubelet.service: it is failed',
    });
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.settings.restarted).toEqual(['kubelet.service', 'kubelet.service']);
    expect(node.status.operation).toMatchObject({
      result: 'Returned',
      failure: { code: 'SERVICE_FAILED' },
    });
    await expect(node.agent().configure(wanted)).resolves.toMatchObject({ result: 'Returned' });
  });

  it('is confirmed only for the boot that was judged', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    const done = node.agent().confirm({ ...confirm(node), bootId: 'boot-0' });
    await expect(codeOf(done)).resolves.toBe('CONFIRM_MISMATCH');
  });

  it('keeps another config waiting', async () => {
    const node = new MemoryNode();
    await node.agent().configure(request([restarting]));
    const other = node.agent().configure(request([limits], { seq: 2 }));
    await expect(other).rejects.toMatchObject({ code: 'BUSY' });
  });
});

describe('settings of an upgrade', () => {
  const before = (configs: readonly Entry[]) =>
    request(configs, { type: 'upgrade', phase: 'Before' });
  const after = (configs: readonly Entry[]) => request(configs, { type: 'upgrade' });

  it('stay when they belong before the switch, whatever becomes of the trial', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await expect(node.agent().configure(before([restarting]))).resolves.toMatchObject({
      result: 'Configured',
    });
    await node.agent().activate(activateRequest(1));
    node.boot();
    await node.agent().start();
    await node.pass(300);
    await node.agent().returnPass();
    node.boot();
    await node.agent().start();
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
    expect(node.status.settings).toMatchObject({ before: 's1' });
  });

  it('fail the operation before the switch when a program does not come up', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.settings.broken.set('kubelet.service', 'it is failed');
    const done = node.agent().configure(before([restarting]));
    await expect(codeOf(done)).resolves.toBe('SERVICE_FAILED');
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.status.operation).toMatchObject({ phase: 'Before', result: 'Failed' });
  });

  it.each([
    [true, 'maxPods: 200\n'],
    [false, 'maxPods: 110\n'],
  ])('follow the slot: confirmed %s', async (isConfirmed, text) => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await expect(agent.configure(after([maxPods]))).resolves.toMatchObject({
      result: 'Configured',
    });
    if (isConfirmed) {
      await agent.confirm(confirmRequest(node));
    } else {
      await node.pass(300);
      await agent.returnPass();
      expect(node.settings.files.get(kubelet)).toBe('maxPods: 200\n');
      node.boot();
    }
    await node.agent().start();
    expect(node.settings.files.get(kubelet)).toBe(text);
    expect(node.status.settings?.after).toBe(isConfirmed ? 's1' : undefined);
  });

  it('end the trial when a program does not come up', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    node.settings.broken.set('kubelet.service', 'it is failed');
    await expect(codeOf(agent.configure(after([restarting])))).resolves.toBe('SERVICE_FAILED');
    expect(node.status.operation).toMatchObject({ result: 'Returned' });
    expect(node.reboots).toBe(2);
    node.boot();
    await node.agent().start();
    expect(node.booted).toBe('A');
    expect(node.settings.files.get(kubelet)).toBe('maxPods: 110\n');
    expect(node.settings.restarted).toEqual(['kubelet.service']);
  });

  it('are not applied after a switch that is no trial', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await expect(codeOf(node.agent().configure(after([limits])))).resolves.toBe('SLOT_REFUSED');
  });

  it('end a Prepare of an older operation first', async () => {
    const node = nodeWithV2();
    node.sources.set('https://images/v2', (watch) => {
      const { promise, reject } = Promise.withResolvers<never>();
      watch.signal.addEventListener('abort', () => {
        reject(KubeosError.from(watch.signal.reason));
      });
      return promise;
    });
    const agent = node.agent();
    const preparing = codeOf(
      agent.prepare(prepareRequest(1), () => undefined, new AbortController().signal),
    );
    await node.pass(1);
    await agent.configure(request([limits], { seq: 2 }));
    await expect(preparing).resolves.toBe('CANCELLED');
    expect(node.status.operation).toMatchObject({ seq: 2, result: 'Committed' });
  });
});

describe('a node that a person holds', () => {
  it('takes no settings', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    await node.agent().consoleRollback();
    node.boot();
    await node.agent().start();
    const done = node.agent().configure(request([limits], { seq: 2 }));
    await expect(codeOf(done)).resolves.toBe('HELD');
  });
});
