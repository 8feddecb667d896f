/** The API server serves another schema than the operator needs: nothing moves until somebody mends it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { fastImage } from './fast-node/images.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const crdFile = resolve(import.meta.dirname, '../../../charts/kubeos/files/crds/os.yaml');

interface Schema {
  readonly properties: Record<string, Schema>;
}

interface Crd {
  readonly metadata: { annotations: Record<string, string> };
  readonly spec: {
    readonly versions: readonly {
      additionalPrinterColumns?: unknown;
      readonly schema: { openAPIV3Schema: Schema };
    }[];
  };
}

/** Our CRD as it was before the ticket. */
async function crdWithoutTicket(): Promise<object> {
  const crd = parse(await readFile(crdFile, 'utf8')) as Crd;
  const status = crd.spec.versions[0]?.schema.openAPIV3Schema.properties['status'];
  delete status?.properties['admission'];
  return crd;
}

/** Our CRD with what upstream's has: no status that it would keep, no columns of it, no revision. */
async function crdWithoutStatus(): Promise<object> {
  const crd = parse(await readFile(crdFile, 'utf8')) as Crd;
  crd.metadata.annotations = {};
  for (const version of crd.spec.versions) {
    delete version.schema.openAPIV3Schema.properties['status'];
    delete version.additionalPrinterColumns;
  }
  return crd;
}

it.concurrent.each<[name: string, outdate: (scene: Scene) => Promise<unknown>]>([
  [
    'without its revision',
    (scene) =>
      scene.kubectl(
        'annotate',
        'crd',
        'osinstances.upgrade.openeuler.org',
        'upgrade.openeuler.org/schema-revision-',
      ),
  ],
  [
    'that prunes the ticket',
    async (scene) =>
      scene.plane.run(['replace', '-f', '-'], JSON.stringify(await crdWithoutTicket())),
  ],
])(
  'a CRD %s is told as CRDOutdated, moves nothing, and once mended all goes on',
  async (_name, outdate) => {
    const scene = await Scene.open();
    try {
      await outdate(scene);
      await scene.startOperator();
      const [node] = await scene.addNodes('old', 1, { image: v1 });
      await scene.createOs('old', scene.upgradeTo(v2));
      await scene.untilOs(
        'old',
        'the reason',
        (status) => conditionOf(status, 'Ready')?.reason === 'CRDOutdated',
      );
      expect(scene.instance('old-1')?.spec).toEqual({ nodestatus: 'idle' });
      expect(scene.node('old-1')?.unschedulable).toBe(false);

      await scene.kubectl('replace', '-f', resolve(crdFile, '..'));
      await scene.untilUpdated('old');
      expect(node?.running?.image).toBe(v2);
    } finally {
      await scene.close();
    }
  },
  300_000,
);

it.concurrent(
  'a CRD that keeps no status, as upstream’s, is told in one event, and once mended all goes on',
  async () => {
    const scene = await Scene.open();
    const outdated = async (): Promise<readonly string[]> =>
      (await scene.eventsOf('OS', 'plain')).filter((reason) => reason === 'CRDOutdated');
    try {
      await scene.plane.run(['replace', '-f', '-'], JSON.stringify(await crdWithoutStatus()));
      await scene.startOperator();
      await scene.addNodes('plain', 1, { image: v1 });
      await scene.createOs('plain', scene.upgradeTo(v2));
      await until('the event', async () => (await outdated()).length > 0);
      for (const text of ['1', '2', '3']) {
        await scene.kubectl('annotate', '--overwrite', 'os', 'plain', `example.org/look=${text}`);
      }
      expect(scene.os('plain')?.status).toEqual({});

      await scene.kubectl('replace', '-f', resolve(crdFile, '..'));
      await scene.untilUpdated('plain');
      expect(await outdated()).toEqual(['CRDOutdated']);
    } finally {
      await scene.close();
    }
  },
  300_000,
);
