import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfiguration } from './configuration.ts';

describe('configuration', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'agent-configuration-'));
    await mkdir(join(root, 'etc/KubeOS'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));
  const write = (text: string) => writeFile(join(root, 'etc/KubeOS/agent.json'), text);

  const defaults = {
    bootDir: '/boot/efi/EFI/openEuler',
    persistDir: '/persist',
    idleSeconds: 10,
  };

  it('has defaults where there is no file', async () => {
    expect(await loadConfiguration(root, undefined)).toEqual(defaults);
  });

  it('reads every member', async () => {
    const full = {
      bootDir: '/boot/grub2',
      persistDir: '/data',
      disk: '/dev/vda',
      slots: { A: 'PARTLABEL=ROOT-A', B: '/dev/vda3' },
      idleSeconds: 0.5,
      settings: {
        folders: {
          'kernel.sysctl.persist': ['/etc/sysctl.d'],
          'kubernetes.kubelet': ['/etc/rancher', '/data/kubelet'],
          'container.containerd': ['/etc/containerd'],
          'pam.limits': ['/etc/security'],
        },
        kubeletHealthz: 'http://127.0.0.1:10348/healthz',
      },
      tcp: {
        address: '0.0.0.0:6552',
        cert: '/etc/KubeOS/tls/agent.crt',
        key: '/etc/KubeOS/tls/agent.key',
        ca: '/etc/KubeOS/tls/ca.crt',
        clientNames: ['fleet'],
      },
    };
    await write(JSON.stringify(full));
    expect(await loadConfiguration(root, undefined)).toEqual(full);
  });

  it('takes a kubelet that does not say how it is', async () => {
    await write('{"settings": {"kubeletHealthz": false}}');
    expect(await loadConfiguration(root, undefined)).toMatchObject({
      settings: { kubeletHealthz: false },
    });
  });

  it('accepts the example of the README', async () => {
    const readme = await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8');
    const example = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
    await write(example);
    expect(await loadConfiguration(root, undefined)).toEqual(JSON.parse(example));
  });

  it.each([
    ['{"idleSecond": 5}', 'unknown member idleSecond'],
    ['{"tcp": {"adress": ""}}', 'unknown member tcp.adress'],
    ['{"bootDir": "boot"}', 'bootDir: expected an absolute path'],
    ['{"slots": {"A": "/dev/a"}}', 'slots.B: expected string'],
    ['{"idleSeconds": "5"}', 'idleSeconds: expected number'],
    ['{"idleSeconds": 0}', 'idleSeconds: expected more than 0'],
    ['{"settings": {"folders": {"kernel.sysctl": ["/proc/sys"]}}}', 'unknown member settings.'],
    ['{"settings": {"folders": {"pam.limits": []}}}', 'pam.limits: expected a folder'],
    ['{"settings": {"folders": {"pam.limits": ["/etc/"]}}}', 'without a slash at its end'],
    ['{"settings": {"folders": {"pam.limits": ["etc"]}}}', 'expected an absolute path'],
    ['{"settings": {"kubeletHealthz": true}}', 'expected false or an address http://'],
    ['{"settings": {"kubeletHealthz": "http://:x"}}', 'expected false or an address http://'],
    ['{"settings": {"kubeletHealthz": "ftp://x"}}', 'expected false or an address http://'],
    ['{"settings": {"kubeletHealthz": "10248"}}', 'expected false or an address http://'],
    ['{', 'not JSON'],
  ])('refuses %s', async (text, problem) => {
    await write(text);
    await expect(loadConfiguration(root, undefined)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(problem),
    });
  });

  it('wants a file that was named', async () => {
    await expect(loadConfiguration(root, join(root, 'absent.json'))).rejects.toThrow(
      'there is no such file',
    );
  });
});
