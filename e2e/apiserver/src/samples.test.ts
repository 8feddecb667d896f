import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseOs, type Os } from '@kubeos/core';
import { parse } from 'yaml';

const folder = resolve(import.meta.dirname, '../samples');

/** A sample as the API server would hand it over. */
function sample(file: string): Os {
  const object = parse(readFileSync(resolve(folder, file), 'utf8')) as { metadata: object };
  return parseOs({
    ...object,
    metadata: { namespace: 'default', uid: 'uid', resourceVersion: '1', ...object.metadata },
  });
}

const digest = 'sha256:7ea1d2d1a0a4b1a5d2a3b5c8f9e00112233445566778899aabbccddeeff00112';

describe('what users of upstream write means', () => {
  it('config-only: settings on all workers', () => {
    const { spec, selector } = sample('config-only.yaml');

    expect(selector).toEqual({ kind: 'all' });
    expect(spec).toMatchObject({
      type: 'config',
      maxUnavailable: { count: 5 },
      force: true,
      sysconfigs: {
        version: 's2',
        configs: [
          { model: 'kernel.sysctl', contents: [{ key: 'vm.max_map_count', value: 262144 }] },
        ],
      },
    });
    expect(spec).not.toHaveProperty('payload');
  });

  it('doc-config-short: the same with what the guide leaves out', () => {
    const { spec, selector, warnings } = sample('doc-config-short.yaml');

    expect(selector).toEqual({ kind: 'unlabelled' });
    expect(spec).toMatchObject({
      type: 'config',
      force: false,
      sysconfigs: { configs: [{ model: 'kubernetes.kubelet' }] },
    });
    expect(warnings).toHaveLength(1);
  });

  it.each(['rollback.yaml', 'doc-rollback-short.yaml'])('%s: back to version 1', (file) => {
    const { spec, selector } = sample(file);

    expect(selector).toEqual({ kind: 'unlabelled' });
    expect(spec).toMatchObject({
      type: 'rollback',
      version: 'KubeOS 1.0.0',
      maxUnavailable: { count: 2 },
    });
    expect(spec).not.toHaveProperty('payload');
  });

  it('upgrade-container: an OCI image, three nodes at once', () => {
    expect(sample('upgrade-container.yaml').spec).toMatchObject({
      type: 'upgrade',
      version: 'KubeOS 2.0.0',
      maxUnavailable: { count: 3 },
      executionMode: 'parallel',
      timeIntervalSeconds: 15,
      force: true,
      payload: {
        imageType: 'containerd',
        image: 'registry.example.org/kubeos/upgrade:2.0.0',
        digest,
        allowInsecure: false,
        mutualTls: false,
      },
    });
  });

  it('upgrade-disk-mtls: a group of nodes, one after the other, at night', () => {
    const { spec, selector } = sample('upgrade-disk-mtls.yaml');

    expect(selector).toEqual({ kind: 'value', value: 'edge' });
    expect(spec).toMatchObject({
      type: 'upgrade',
      executionMode: 'serial',
      timeIntervalSeconds: 60,
      timeWindow: { start: '22:00:00', end: '04:30:00' },
      force: false,
      payload: {
        imageType: 'disk',
        url: 'https://images.example.org/kubeos.tar',
        digest,
        mutualTls: true,
        caCert: 'ca.crt',
        clientCert: 'client.crt',
        clientKey: 'client.key',
      },
    });
  });

  it('upgrade-with-settings: both sets of settings, on nodes with an empty label', () => {
    const { spec, selector, warnings } = sample('upgrade-with-settings.yaml');

    expect(selector).toEqual({ kind: 'value', value: '' });
    expect(spec?.payload).toMatchObject({ imageType: 'docker', allowInsecure: true });
    expect(spec?.upgradeconfigs?.version).toBe('u1');
    expect(spec?.sysconfigs?.configs?.map(({ model }) => model)).toEqual([
      'kernel.sysctl.persist',
      'grub.cmdline.current',
      'grub.cmdline.next',
      'kubernetes.kubelet',
      'container.containerd',
      'pam.limits',
    ]);
    expect(warnings).toEqual([]);
  });
});
