import { describe, expect, it } from '@jest/globals';

import {
  buildFlags,
  cacheKey,
  isBinaryName,
  moduleSets,
  requiredVersion,
  type BuildInputs,
} from './module-sets.ts';

const goMod = `module example.test/tools

go 1.26.0

require (
	example.test/other v0.1.0 // indirect
	k8s.io/kubernetes v1.36.3
)

replace k8s.io/api => k8s.io/api v0.36.3
`;

describe('requiredVersion', () => {
  it('finds a module in a block and on a line of its own', () => {
    expect(requiredVersion(goMod, 'k8s.io/kubernetes')).toBe('v1.36.3');
    expect(requiredVersion('require sigs.k8s.io/kwok v0.8.0\n', 'sigs.k8s.io/kwok')).toBe('v0.8.0');
  });

  it('refuses a module that is only replaced or not there', () => {
    expect(() => requiredVersion(goMod, 'k8s.io/api')).toThrow('does not require');
    expect(() => requiredVersion(goMod, 'k8s.io/kube')).toThrow('does not require');
  });
});

describe('buildFlags', () => {
  it('gives the Kubernetes programs the version that the server reports', () => {
    const set = moduleSets.find(({ name }) => name === 'kubernetes');
    const flags = set === undefined ? [] : buildFlags(set, goMod);
    expect(flags).toContain('-trimpath');
    expect(flags.at(-1)).toBe(
      '-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3' +
        ' -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36',
    );
  });
});

describe('buildFlags of helm', () => {
  it('tell it its version and that of the Kubernetes it takes for granted', () => {
    const set = moduleSets.find(({ name }) => name === 'helm');
    const required = 'require (\n\thelm.sh/helm/v3 v3.22.0\n\tk8s.io/client-go v0.36.1\n)\n';
    const flags = set === undefined ? [] : buildFlags(set, required);
    expect(flags.at(-1)).toContain('version.version=v3.22.0');
    expect(flags.at(-1)).toContain('chartutil.k8sVersionMinor=36');
  });
});

describe('cacheKey', () => {
  const inputs: BuildInputs = {
    set: 'kwok',
    goMod: 'a',
    goSum: 'b',
    goVersion: 'go1.26.6',
    flags: ['-trimpath'],
    architecture: 'x64',
  };

  it('is a folder name that starts with the set', () => {
    expect(cacheKey(inputs)).toMatch(/^kwok-[0-9a-f]{16}$/);
    expect(cacheKey({ ...inputs })).toBe(cacheKey(inputs));
  });

  it.each<Partial<BuildInputs>>([
    { goMod: 'x' },
    { goSum: 'x' },
    { goVersion: 'go1.26.7' },
    { flags: ['-trimpath', '-race'] },
    { architecture: 'arm64' },
  ])('changes with %j', (change) => {
    expect(cacheKey({ ...inputs, ...change })).not.toBe(cacheKey(inputs));
  });
});

describe('isBinaryName', () => {
  it.each([
    'etcd',
    'kube-apiserver',
    'kubectl',
    'kubelet',
    'kube-controller-manager',
    'kube-scheduler',
    'kwok',
    'helm',
  ])('knows %s', (name) => {
    expect(isBinaryName(name)).toBe(true);
    expect(moduleSets.filter(({ packages }) => Object.hasOwn(packages, name))).toHaveLength(1);
  });

  it('knows no other', () => {
    expect(isBinaryName('toString')).toBe(false);
    expect(isBinaryName('kube-proxy')).toBe(false);
  });
});
