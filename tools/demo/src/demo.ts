import type { ControlPlane } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';

import type { Observer } from './cluster/observer.ts';
import { webMinimum, webReplicas } from './cluster/workload.ts';
import { makeDemoFolder, removeDeadFolders } from './disks/demo-folder.ts';
import { removeFolder } from './disks/leftovers.ts';
import { keepEvidence } from './evidence.ts';
import { failuresOf } from './failures.ts';
import { pause } from './pause.ts';
import { DemoFailure } from './scenario/demo-failure.ts';
import { verifyFigures } from './scenario/monitoring.ts';
import { configureFleet, findDrift, giveUpSettings } from './scenario/settings-steps.ts';
import { giveUpBroken, refuseRollback, rollBackFleet, upgradeFleet } from './scenario/steps.ts';
import { versions } from './scenario/versions.ts';
import { setUp, type SetUp } from './set-up/set-up.ts';
import { Display, type Picture, type Screen } from './view/display.ts';
import { rowOf } from './view/rows.ts';

/** What the demo needs of its caller. */
export interface DemoOptions {
  readonly screen: Screen;
  /** Where the logs of a failed run are kept. */
  readonly logFolder: string;
  /** Ends the demo at any moment; everything is taken away then. */
  readonly signal: AbortSignal;
}

const drawMilliseconds = 250;

/**
 * Runs the demo; true when every end state was verified. Throws `CANCELLED` when the signal ends it, and what goes wrong
 * when everything is taken away.
 */
export async function runDemo({ screen, logFolder, signal }: DemoOptions): Promise<boolean> {
  const started = performance.now();
  const display = new Display(screen, () => (performance.now() - started) / 1000);
  for (const name of await removeDeadFolders())
    display.say(`Removed what a killed run left: ${name}`);
  const folder = await makeDemoFolder();
  const endings = new AsyncDisposableStack();
  endings.defer(() => removeFolder(folder));
  let plane: ControlPlane | undefined;
  try {
    const onPlane = (running: ControlPlane): void => {
      plane = running;
    };
    const ready = await setUp({ folder, display, signal, endings, onPlane });
    await playSteps(ready, display);
    return true;
  } catch (thrown) {
    if (failuresOf(thrown).length === 0) throw thrown;
    tellFailure(display, thrown);
    display.say(`Logs are in ${await keepEvidence({ folder, logFolder, plane })}`);
    return false;
  } finally {
    display.erase();
    display.say('Taking everything away');
    await endings.disposeAsync();
  }
}

async function playSteps(ready: SetUp, display: Display): Promise<void> {
  const { stage, second, broken, prometheus } = ready;
  const { observer } = stage.parts;
  const live = new AbortController();
  const showing = keepShowing(observer, display, live.signal);
  const durations: string[] = [];
  let fewest = webReplicas;
  const play = async (title: string, step: () => Promise<string | void>): Promise<void> => {
    const from = performance.now();
    stage.say(`== ${title}`);
    const reason = await step();
    if (typeof reason === 'string') {
      for (const line of `reason: ${reason}`.split('\n')) stage.say(`   ${line}`);
    }
    const { record } = observer.service;
    fewest = Math.min(fewest, record?.fewestServing ?? 0);
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    durations.push(`${title}: ${seconds} s`);
    stage.say(
      `   verified after ${seconds} s; fewest pods serving ${record?.fewestServing ?? 0} (minimum ${webMinimum})`,
    );
  };
  const { first, second: next, broken: bad, unknown } = versions;
  try {
    await play(`upgrade ${first} -> ${next}`, () => upgradeFleet(stage, second));
    await play(`rollback ${next} -> ${first}`, () => rollBackFleet(stage));
    await play('settings', () => configureFleet(stage));
    await play('settings that no kubelet takes', () => giveUpSettings(stage));
    await play('drift: a file and the kernel changed by hand', () => findDrift(stage));
    await play(`upgrade ${first} -> ${bad}, which has no init`, () => giveUpBroken(stage, broken));
    await play(`rollback to ${unknown}, which no node has`, () => refuseRollback(stage));
    await play('metrics and alerts of the whole run', () => verifyFigures(stage, prometheus));
  } finally {
    live.abort();
    await showing;
  }
  for (const line of durations) stage.say(line);
  stage.say(
    `Fewest pods serving at any moment: ${fewest} of ${webReplicas}, minimum ${webMinimum}`,
  );
  stage.say('Every end state was verified');
}

async function keepShowing(
  observer: Observer,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  while (await pause(drawMilliseconds, signal)) display.show(pictureOf(observer));
  display.erase();
}

function pictureOf(observer: Observer): Picture {
  const { stores, service, machines } = observer;
  const pods = [...observer.pods.items()];
  const [os] = stores.oses.items();
  const { serving } = service.last;
  return {
    rows: machines.map(({ name, state }) =>
      rowOf({
        name,
        machine: state,
        node: stores.nodes.get(name),
        instance: stores.instances.get(name),
        pods: pods.filter((pod) => pod.isReady && pod.node === name).length,
      }),
    ),
    os: `OS wants ${os?.spec?.version ?? 'nothing'}: ${os?.status.message ?? ''}`,
    service: `Deployment: ${serving} of ${webReplicas} pods serve, fewest ${service.record?.fewestServing ?? serving}, minimum ${webMinimum}`,
  };
}

function tellFailure(display: Display, thrown: unknown): void {
  display.say('The demo FAILED:');
  const lines =
    thrown instanceof DemoFailure
      ? thrown.lines
      : [KubeosError.from(thrown).stack ?? String(thrown)];
  for (const line of lines) display.say(`  ${line}`);
}
