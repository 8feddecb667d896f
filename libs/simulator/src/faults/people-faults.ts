import {
  holdAnnotation,
  nodeSelectorLabel,
  retryAnnotation,
  targetOf,
  type OsSpec,
} from '@kubeos/core';
import type { Random } from '../engine/random.ts';
import { windowZones } from '../invariants/window.ts';
import type { TimedFault } from './catalogue.ts';
import {
  currentOs,
  forAWhile,
  publish,
  publishAgain,
  someNode,
  someNodeWhere,
  type Chaos,
  type Strike,
} from './chaos.ts';
import { aSettingsSet, aWish, configOf, payloadOf, selectors, specOf } from './scenario.ts';

type PeopleFault = Extract<
  TimedFault,
  | 'osEdited'
  | 'osReplaced'
  | 'secondOs'
  | 'relabelled'
  | 'foreignCordon'
  | 'foreignUncordon'
  | 'held'
  | 'retried'
  | 'console'
>;

/** What people at keyboards do in the middle of everything. */
export const peopleFaults: Readonly<Record<PeopleFault, Strike>> = {
  osEdited: (chaos) => editOs(chaos),
  osReplaced: (chaos) => {
    const { world } = chaos;
    const os = currentOs(chaos);
    if (os === undefined) return false;
    // The name is taken until the finalizer of the old one is gone.
    world.people.deleteOs(os.uid);
    chaos.osUid = world.people.createOs(`fleet-${String(world.server.version)}`, os).uid;
    return true;
  },
  secondOs: (chaos) => {
    const { world, random } = chaos;
    const wish = aWish(
      random,
      random.chance(0.5) ? publish(chaos, 0.7) : random.pick(chaos.releases),
    );
    const name = `other-${String(world.server.version)}`;
    const { uid } = world.people.createOs(name, { ...wish, selector: random.pick(selectors) });
    forAWhile(chaos, [10, 1200], () => world.people.deleteOs(uid));
    return true;
  },
  relabelled: (chaos) => {
    const { world, random } = chaos;
    const { name } = someNode(chaos);
    const value = random.pick(['edge', '', null]);
    world.people.changeNode(name, { labels: { [nodeSelectorLabel]: value } });
    forAWhile(chaos, [10, 900], () =>
      world.people.changeNode(name, { labels: { [nodeSelectorLabel]: null } }),
    );
    return true;
  },
  foreignCordon: (chaos) => {
    const { people } = chaos.world;
    const { name } = someNode(chaos);
    // Taking it off and on again puts a cordon on top of ours.
    if (chaos.random.chance(0.5)) uncordon(chaos, name);
    people.changeNode(name, { unschedulable: true });
    forAWhile(chaos, [10, 1200], () => uncordon(chaos, name));
    return true;
  },
  foreignUncordon: (chaos) => {
    const node = someNodeWhere(chaos, ({ view }) => view?.unschedulable === true);
    return node !== undefined && uncordon(chaos, node.name);
  },
  held: (chaos) => {
    const { world } = chaos;
    const { name } = someNode(chaos);
    world.people.changeNode(name, { annotations: { [holdAnnotation]: 'debugging' } });
    forAWhile(chaos, [10, 1200], () =>
      world.people.changeNode(name, { annotations: { [holdAnnotation]: null } }),
    );
    return true;
  },
  retried: (chaos) => {
    const { people, server } = chaos.world;
    const os = currentOs(chaos);
    const { name } = someNode(chaos);
    const target = os === undefined ? undefined : targetOf(os, server.instances.get(name));
    if (target?.digest === undefined) return false;
    const value = `${target.digest}#${String(chaos.random.below(3))}`;
    people.changeNode(name, { annotations: { [retryAnnotation]: value } });
    return true;
  },
  console: (chaos) => typeAtConsole(chaos),
};

function uncordon({ world }: Chaos, name: string): boolean {
  const wasCordoned = world.server.nodes.get(name)?.view.unschedulable === true;
  world.noteForeignUncordon(name);
  world.people.changeNode(name, { unschedulable: false });
  return wasCordoned;
}

function typeAtConsole(chaos: Chaos): boolean {
  const node = someNode(chaos);
  switch (chaos.random.below(3)) {
    case 0:
      return node.agents.console('rollback', (agent) => agent.consoleRollback());
    case 1:
      // Nobody in their right mind confirms a node that does not work.
      if (node.machine.session?.image.health !== 'ready' || !node.worksWithItsFile) return false;
      return node.agents.console('confirm', (agent) => agent.consoleConfirm());
    default:
      return node.agents.console('release', (agent) => agent.release());
  }
}

const officeHours = { start: '08:00:00', end: '18:00:00' } as const;

type Edit = (spec: OsSpec, random: Random, chaos: Chaos) => OsSpec | undefined;

/** Edits of every field; `undefined` is a spec that is not valid. */
const edits: readonly Edit[] = [
  (spec, random, chaos) => ({ ...specOf(random, publish(chaos, 0.6)), paused: spec.paused }),
  (spec, random, chaos) => {
    const release = random.pick(chaos.releases);
    return { ...spec, type: 'upgrade', version: release.announced, payload: payloadOf(release) };
  },
  (spec, random, chaos) => {
    const { payload: _payload, ...rest } = spec;
    const versions = [
      'KubeOS 1.0',
      'KubeOS 0.9',
      ...chaos.releases.map(({ announced }) => announced),
    ];
    return { ...rest, type: 'rollback', version: random.pick(versions) };
  },
  (spec, random, chaos) => {
    const running = someNode(chaos).machine.session?.image.version ?? spec.version;
    return configOf(random, spec, running);
  },
  (spec, random) => ({ ...spec, sysconfigs: aSettingsSet(random) }),
  ({ sysconfigs: _sysconfigs, ...spec }) => spec,
  (spec, _random, chaos) => withOtherDigest(spec, chaos),
  (spec) => ({ ...spec, paused: !spec.paused }),
  (spec, random) => ({
    ...spec,
    maxUnavailable: random.pick([
      { count: 0 },
      { count: 1 },
      { count: 3 },
      { percent: 0 },
      { percent: 50 },
    ]),
  }),
  (spec, random) => ({
    ...spec,
    canary: random.pick([{ count: 0 }, { count: 1 }, { percent: 50 }]),
  }),
  (spec, random) => ({ ...spec, maxFailures: random.between(1, 3) }),
  (spec, random) => ({ ...spec, prepareConcurrency: random.between(1, 4) }),
  (spec, random) => ({ ...spec, timeIntervalSeconds: random.pick([1, 30, 300]) }),
  (spec) => ({ ...spec, force: !spec.force }),
  (spec, random) => ({
    ...spec,
    drainTimeoutSeconds: random.pick([30, 900]),
    minReadySeconds: random.pick([1, 60]),
  }),
  (spec, random) => ({ ...spec, confirmTimeoutSeconds: random.pick([300, 900]) }),
  (spec) => ({ ...spec, executionMode: spec.executionMode === 'serial' ? 'parallel' : 'serial' }),
  (spec, random) => ({
    ...spec,
    timeWindow: random.pick([
      { start: '11:00:00', end: '13:00:00' },
      { start: '22:00:00', end: '02:00:00' },
      { start: '12:10:00', end: '12:40:00' },
    ]),
  }),
  (spec, random) => ({
    ...spec,
    timeWindow: { ...(spec.timeWindow ?? officeHours), timeZone: random.pick(windowZones) },
  }),
  (spec, random) => ({
    ...spec,
    timeWindow: {
      ...(spec.timeWindow ?? officeHours),
      weekdays: random.pick([[1], [0, 6], [1, 2, 3, 4, 5]]),
    },
  }),
  ({ timeWindow: _window, ...spec }) => spec,
  () => undefined,
];

/** What was published under the URL of the spec was built anew: the same version with another digest. */
function withOtherDigest(spec: OsSpec, chaos: Chaos): OsSpec {
  const before = chaos.releases.findLast(({ url }) => url === spec.payload?.url);
  if (spec.payload === undefined || before === undefined) return spec;
  const { payloadDigest } = publishAgain(chaos, before).image;
  return { ...spec, payload: { ...spec.payload, digest: payloadDigest } };
}

function editOs(chaos: Chaos): boolean {
  const { world, random } = chaos;
  const os = world.server.oses.get(chaos.osUid);
  if (os === undefined || os.deleting) return false;
  const base = os.spec ?? specOf(random, random.pick(chaos.releases));
  const spec = random.pick(edits)(base, random, chaos);
  const selector = random.chance(0.1) ? random.pick(selectors) : os.selector;
  world.people.editOs(os.uid, { selector, spec });
  return true;
}
