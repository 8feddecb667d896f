/** The ports of a simulated node keep what those of a real one keep. */
import { afterEach, beforeEach } from '@jest/globals';
import type { Payload } from '@kubeos/core';
import {
  describeBootEnvironment,
  describeNodeLock,
  describeRecordFile,
  describeSettingsFiles,
  describeSlotStore,
  keepRunning,
} from '@kubeos/testing';
import { Actor, calmWeather } from '../engine/actor.ts';
import { createRandom } from '../engine/random.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { createAgentPorts, type AgentPorts } from './agent-ports.ts';
import { Disk } from './disk.ts';
import { anImage, PayloadServer } from './images.ts';
import { Machine, type Session } from './machine.ts';
import { createNodeLock, LockFile } from './node-lock.ts';

const image = anImage('new', 'KubeOS 2');
const payload: Payload = {
  imageType: 'disk',
  url: 'https://images.example/new',
  digest: image.payloadDigest,
  allowInsecure: false,
  mutualTls: false,
};

let scheduler = new Scheduler();
let stop: () => Promise<void> = async () => undefined;
beforeEach(() => {
  scheduler = new Scheduler();
  const minute = () => scheduler.run({ untilMs: scheduler.now + 60_000 });
  stop = keepRunning(minute);
});
afterEach(() => stop());

function anActor(): Actor {
  return new Actor('agent', { scheduler, weather: () => calmWeather });
}

/** A node that is up. Each call of the answer starts a process on it, with ports of its own. */
function aNode(): () => AgentPorts {
  const ignore = (): void => undefined;
  const disk = new Disk({
    slotWritten: ignore,
    bootBlockWritten: ignore,
    settingsWritten: ignore,
  });
  const durations = { shutdownMs: 1, loaderMs: 1, startMs: 1, watchdogMs: 1 };
  const machine = new Machine({
    ...{ name: 'node', disk, scheduler, random: createRandom(1), saveWorks: () => true },
    durations: () => durations,
    watch: {
      ...{ loaded: ignore, reached: ignore, rebootOrdered: ignore },
      ...{ powerFails: ignore, ended: ignore },
    },
  });
  const session: Session = machine.startRunning('A', anImage('old', 'KubeOS 1'));
  const payloads = new PayloadServer();
  payloads.publish('https://images.example/new', { image, delivery: 'sound' });
  let published: string | undefined;
  const shared = {
    ...{ node: 'node', machine, session, disk, payloads, scheduler, slotBytes: 2 ** 32 },
    ...{ lockFile: new LockFile(), publishLockFile: new LockFile() },
    ...{ transferMs: () => 3000, digestMs: () => 1000, wallMs: () => scheduler.now },
    ...{ startTimer: ignore, stopTimers: ignore, restartIfRunning: ignore },
    restart: () => undefined,
    readPublished: () => published,
    publish: (text: string) => {
      published = text;
    },
  };
  return () => createAgentPorts({ ...shared, actor: anActor() });
}

describeBootEnvironment('of the simulation', async () => aNode()().env);

describeRecordFile('of the state in the simulation', async () => {
  const start = aNode();
  return () => start().state;
});

describeRecordFile('of settings in the simulation', async () => {
  const start = aNode();
  return () => start().settings.state;
});

describeRecordFile('of the snapshot in the simulation', async () => {
  const start = aNode();
  return () => {
    const { snapshot } = start();
    return { read: () => snapshot.read(), write: (text) => snapshot.publish(text) };
  };
});

describeNodeLock('of the simulation', async () => {
  const file = new LockFile();
  return {
    lock: () => createNodeLock(anActor(), file),
    pause: () => anActor().sleep(1000),
    hold: async () => {
      const holder = anActor();
      file.take(holder);
      return () => holder.kill();
    },
  };
});

describeSettingsFiles('of the simulation', async () => {
  return { files: aNode()().settings.files, parameter: 'vm/swappiness' };
});

describeSlotStore('of the simulation', async () => {
  return { slots: aNode()().slots, payload, version: image.version, hasAgent: true };
});
