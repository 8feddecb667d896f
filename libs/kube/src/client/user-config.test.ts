import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contextNamespace, loadUserKubeConfig } from './user-config.ts';

let folder: string;
let east: string;
let west: string;

const config = (name: string, context: string, namespace?: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name, cluster: { server: `https://${name}.example.org` } }],
    users: [{ name: `${name}-admin`, user: { token: name } }],
    contexts: [
      { name: context, context: { cluster: name, user: `${name}-admin`, namespace } },
      { name: `${context}-2`, context: { cluster: name, user: `${name}-admin` } },
    ],
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeos-user-config-'));
  [east, west] = [join(folder, 'east'), join(folder, 'west')];
  writeFileSync(east, config('east', 'e', 'apps'));
  writeFileSync(west, config('west', 'w'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const serverOf = (...args: Parameters<typeof loadUserKubeConfig>): string | undefined =>
  loadUserKubeConfig(...args).getCurrentCluster()?.server;

describe('the kubeconfig of a person', () => {
  it('is the chosen one, whatever the environment says', () => {
    const env = { KUBECONFIG: west };
    expect(serverOf({ kubeconfig: east }, env)).toBe('https://east.example.org');
    expect(serverOf({}, env)).toBe('https://west.example.org');
  });

  it('is put together from a list, of which the first word counts', () => {
    const env = { KUBECONFIG: [join(folder, 'none'), west, east].join(delimiter) };
    expect(serverOf({}, env)).toBe('https://west.example.org');
    const chosen = loadUserKubeConfig({ context: 'e' }, env);
    expect(chosen.getCurrentCluster()?.server).toBe('https://east.example.org');
    expect(contextNamespace(chosen)).toBe('apps');
    expect(contextNamespace(loadUserKubeConfig({}, env))).toBe('default');
  });

  it('takes another cluster and another user', () => {
    const env = { KUBECONFIG: [west, east].join(delimiter) };
    const chosen = loadUserKubeConfig({ cluster: 'east', user: 'east-admin' }, env);
    expect(chosen.getCurrentCluster()?.name).toBe('east');
    expect(chosen.getCurrentUser()?.name).toBe('east-admin');
  });

  it.each([
    [{}, { HOME: '/nowhere' }, 'no kubeconfig at /nowhere/.kube/config; name one with'],
    [{}, {}, 'no kubeconfig at ~/.kube/config'],
    [{ kubeconfig: '/nowhere' }, {}, 'Cannot read the kubeconfig /nowhere'],
  ])('refuses %j in %j', (choice, env, message) => {
    expect(() => loadUserKubeConfig(choice, env)).toThrow(message);
  });

  it.each([
    [{ context: 'x' }, 'has no context "x"; it has e, e-2'],
    [{ cluster: 'x' }, 'has no cluster "x"'],
    [{ user: 'x' }, 'has no user "x"'],
  ])('says that %j is not in it', (choice, message) => {
    expect(() => loadUserKubeConfig(choice, { KUBECONFIG: east })).toThrow(message);
  });
});
