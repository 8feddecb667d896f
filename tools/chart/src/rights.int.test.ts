/**
 * What operator and proxy may ask the API server for: all that the tables say, and nothing else that is served. Every
 * answer is that of a real API server to a token bound to a pod.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCode, KubeosError } from '@kubeos/core';
import { createApiClient, loadKubeConfig, type ApiClient, type ApiRequest } from '@kubeos/kube';
import { applyRights } from './apply.ts';
import { startChartCluster, teachKinds, until, type ChartCluster } from './cluster.fixture.ts';
import { releaseNamespace } from './helm.ts';
import { Logins, proxyAccount } from './logins.ts';
import { fill, operatorAttempts, proxyAttempts, type Attempt } from './writes.fixture.ts';
import { everyRight, mayCaller, rightsOf, type Right } from './rights.fixture.ts';

/** Given by Kubernetes to everybody who has logged in: to ask about oneself. */
const everybody = [
  'create selfsubjectaccessreviews.authorization.k8s.io',
  'create selfsubjectreviews.authentication.k8s.io',
  'create selfsubjectrulesreviews.authorization.k8s.io',
];

const operatorEverywhere = [
  ...everybody,
  'create events.events.k8s.io',
  'create pods/eviction',
  'get nodes',
  'get os.upgrade.openeuler.org',
  'get pods',
  'list nodes',
  'list os.upgrade.openeuler.org',
  'list poddisruptionbudgets.policy',
  'list pods',
  'patch events.events.k8s.io',
  'patch nodes',
  'patch os.upgrade.openeuler.org',
  'patch os.upgrade.openeuler.org/status',
  'watch nodes',
  'watch os.upgrade.openeuler.org',
];

const instances = 'osinstances.upgrade.openeuler.org';
const operatorInDefault = [
  ...['create', 'delete', 'get', 'list', 'patch', 'watch'].map((verb) => `${verb} ${instances}`),
  `patch ${instances}/status`,
];
const proxyInDefault = [
  ...['get', 'list', 'watch'].map((verb) => `${verb} ${instances}`),
  `patch ${instances}/status`,
];

/** What each may do beside what it may do in every namespace. */
const tables = {
  operator: {
    everywhere: operatorEverywhere,
    in: {
      default: operatorInDefault,
      [releaseNamespace]: ['create leases.coordination.k8s.io'],
      'kube-node-lease': ['get leases.coordination.k8s.io'],
      'kube-system': [],
    },
  },
  proxy: {
    everywhere: everybody,
    in: {
      default: proxyInDefault,
      [releaseNamespace]: [],
      'kubeos-proxy': [],
    },
  },
} as const;

let test: ChartCluster;
let logins: Logins;
let rights: readonly Right[];
const apis: Partial<Record<keyof typeof tables, ApiClient>> = {};

const apiOf = (who: keyof typeof tables): ApiClient => {
  const api = apis[who];
  if (api === undefined) throw new Error(`No login of ${who}`);
  return api;
};

beforeAll(async () => {
  test = await startChartCluster();
  await teachKinds(test);
  await applyRights(test.api, await test.helm.render());
  await fill(test.api);
  logins = new Logins(test.plane, test.api);
  const pod = await logins.makePod(proxyAccount, { generateName: 'os-proxy-', nodeName: 'n1' });
  const proxy = await logins.write(await logins.token(proxyAccount, pod));
  apis.operator = createApiClient(loadKubeConfig(await logins.operator()));
  apis.proxy = createApiClient(loadKubeConfig(proxy));
  rights = await everyRight(test.api);
}, 600_000);

afterAll(async () => {
  for (const api of Object.values(apis)) api.close();
  await test.end();
});

it('asks for every resource and subresource that is served', () => {
  // Fewer would mean that the discovery was misread: all of the tables would be empty then.
  expect(rights.length).toBeGreaterThan(800);
});

describe.each(['operator', 'proxy'] as const)('the %s', (who) => {
  const table = tables[who];

  it.each(Object.entries(table.in))(
    'has in namespace %s just what it needs',
    async (...[namespace, own]) => {
      expect(await rightsOf(apiOf(who), namespace, rights)).toEqual(
        [...table.everywhere, ...own].sort(),
      );
    },
  );
});

it.each([
  ['get', 'os-operator', true],
  ['patch', 'os-operator', true],
  ['patch', 'another', false],
  ['delete', 'os-operator', false],
])('lets the operator %s the Lease %s: %s', async (verb, name, allowed) => {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: releaseNamespace };
  expect(await mayCaller(apiOf('operator'), { verb, name, ...lease })).toBe(allowed);
});

it.each([
  ['os.upgrade.openeuler.org', true],
  ['osinstances.upgrade.openeuler.org', true],
  ['crontabs.example.org', false],
])('lets the operator get the definition %s: %s', async (name, allowed) => {
  const definition = {
    ...{ verb: 'get', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
    ...{ namespace: '', name },
  };
  expect(await mayCaller(apiOf('operator'), definition)).toBe(allowed);
});

/** What the API server says against a request; nothing when it carries it out. */
async function refusalOf(api: ApiClient, request: ApiRequest): Promise<string | undefined> {
  try {
    await api.request(request);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'FORBIDDEN', 'API_REJECTED')) return KubeosError.from(error).message;
    throw error;
  }
}

const report = (node: string): ApiRequest => ({
  method: 'PATCH',
  path: `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${node}/status`,
  contentType: 'application/merge-patch+json',
  body: { status: { proxyVersion: '2' } },
});

describe('admission', () => {
  beforeAll(async () => {
    // A policy that was just made is not yet in force.
    const refused =
      (who: keyof typeof tables, [, request]: Attempt) =>
      async () =>
        (await refusalOf(apiOf(who), request))?.includes('kubeos-') === true;
    const [foreign] = proxyAttempts.filter(([what]) => what === 'reports for another node');
    const [label] = operatorAttempts.filter(([what]) => what === 'labels a node');
    if (foreign === undefined || label === undefined) throw new Error('No such attempts');
    await until('the policy of the proxies', refused('proxy', foreign));
    await until('the policy of the operator', refused('operator', label));
  });

  const allowed = ([, , refusal]: Attempt): boolean => refusal === undefined;
  const refused = (attempt: Attempt): boolean => !allowed(attempt);

  it.each(proxyAttempts.filter(allowed))('lets a proxy: it %s', async (_what, request) => {
    expect(await refusalOf(apiOf('proxy'), request)).toBeUndefined();
  });

  it.each(proxyAttempts.filter(refused))('refuses a proxy: it %s', async (_what, request, why) => {
    expect(await refusalOf(apiOf('proxy'), request)).toContain(why);
  });

  it.each(operatorAttempts.filter(allowed))('lets the operator: it %s', async (_what, request) => {
    expect(await refusalOf(apiOf('operator'), request)).toBeUndefined();
  });

  it.each(operatorAttempts.filter(refused))(
    'refuses the operator: it %s',
    async (_what, request, why) => {
      expect(await refusalOf(apiOf('operator'), request)).toContain(why);
    },
  );

  it.each([
    ['bound to no pod', () => logins.token(proxyAccount)],
    [
      'bound to a pod that is on no node',
      async () => {
        const pod = { generateName: 'os-proxy-', schedulerName: 'played' };
        return logins.token(proxyAccount, await logins.makePod(proxyAccount, pod));
      },
    ],
  ])('refuses a report with a token %s', async (_what, make) => {
    const api = createApiClient(loadKubeConfig(await logins.write(await make())));
    expect(await refusalOf(api, report('n1'))).toContain('not bound to a pod on a node');
    api.close();
  });
});
