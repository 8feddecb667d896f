/** Builds the agent of a node from its adapters; the only place that knows which they are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createAgent, KubeosError } from '@kubeos/core';
import type { Agent, Clock, Log, SettingsDeps, SlotStore } from '@kubeos/core';
import type { TcpListener } from '@kubeos/agent-api';
import {
  createBootEnvironment,
  createMachine,
  createNodeLock,
  createPassTimer,
  createSettingsFiles,
  createSettingsUnits,
  createSlotDevices,
  createSnapshotFile,
  createStateFile,
  createSystemClock,
  exec,
} from '@kubeos/host';
import type { SlotDevices } from '@kubeos/host';
import type { Configuration } from './configuration.ts';
import { kubeosGid, makeGroupFolder, makePrivateFolder } from './folders.ts';

/** The agent of a node, and what the commands need beside it. */
export interface Node {
  readonly agent: Agent;
  readonly clock: Clock;
}

/** What the wiring is told. */
export interface WiringOptions {
  readonly configuration: Configuration;
  /** Prefix of every path. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly version: string;
}

/** Wires the agent. Throws `STORAGE_FAILED` when its folders cannot be made. */
export async function wireNode(options: WiringOptions): Promise<Node> {
  const { configuration, root, log } = options;
  const at = (path: string) => join(root, path);
  const runDir = at('/run/os-agent');
  const privateDir = join(runDir, 'private');
  await makeGroupFolder(runDir);
  await makePrivateFolder(privateDir);

  const { disk, slots: named } = configuration;
  const devices = createSlotDevices({
    root,
    ...(disk === undefined ? {} : { disk }),
    ...(named === undefined ? {} : { slots: named }),
  });
  const clock = createSystemClock();
  const agent = createAgent({
    env: createBootEnvironment(at(configuration.bootDir)),
    state: createStateFile(at(join(configuration.persistDir, 'os-agent.json'))),
    snapshot: createSnapshotFile(join(runDir, 'status.json'), kubeosGid),
    machine: createMachine({ root, exec, slots: devices }),
    timer: createPassTimer(exec),
    slots: createLazySlotStore(devices, async () => {
      // The optimizing compilers take 20 MiB while an image is written. As an option of the start this would make every
      // start slower: V8 then refuses what Node brings along compiled.
      for (const name of ['opt', 'maglev']) setFlagsFromString(`--no-${name}`);
      const { createSlotStore } = await import('@kubeos/transfer');
      return createSlotStore({
        slots: devices,
        exec,
        clock,
        certsDir: at('/etc/KubeOS/certs'),
        mountDir: join(privateDir, 'slot'),
        registryAuthFile: at('/etc/KubeOS/registry-auth.json'),
        containerdHostsDir: at('/etc/containerd/certs.d'),
        workDir: join(privateDir, 'fetch'),
        proxyEnv: options.env,
      });
    }),
    settings: wireSettings(options, clock, privateDir),
    lock: createNodeLock({ path: join(privateDir, 'lock') }),
    publishLock: createNodeLock({ path: join(privateDir, 'publish.lock'), timeoutSeconds: 10 }),
    clock,
    log,
    agentVersion: options.version,
    capabilities: ['disk', 'docker', 'containerd', 'oci', 'rollback', 'settings'],
  });
  return { agent, clock };
}

function wireSettings(
  { configuration, root }: WiringOptions,
  clock: Clock,
  privateDir: string,
): SettingsDeps {
  const { bootDir, persistDir, settings = {} } = configuration;
  const bootMenu = join(bootDir, 'grub.cfg');
  const { folders = {}, kubeletHealthz = 'http://127.0.0.1:10248/healthz' } = settings;
  return {
    files: createSettingsFiles({ root, exec, bootMenu }),
    units: createSettingsUnits({ exec, clock, folder: privateDir, kubeletHealthz }),
    state: createStateFile(join(root, persistDir, 'os-agent-settings.json')),
    bootMenu,
    folders,
    planner: () => import('@kubeos/core/settings'),
  };
}

/** Everything that fetches and unpacks is loaded with the first call that needs it: most calls never do. */
function createLazySlotStore(devices: SlotDevices, load: () => Promise<SlotStore>): SlotStore {
  let loaded: Promise<SlotStore> | undefined;
  const store = () => (loaded ??= load());
  return {
    sizeBytes: async (slot) => (await devices.find(slot)).sizeBytes,
    check: async (payload) => (await store()).check(payload),
    inspect: async (slot) => (await store()).inspect(slot),
    digest: async (slot, watch) => (await store()).digest(slot, watch),
    invalidate: async (slot) => (await store()).invalidate(slot),
    install: async (slot, payload, watch) => (await store()).install(slot, payload, watch),
    copy: async (slot, watch) => (await store()).copy(slot, watch),
  };
}

/** Reads the files of the TCP listener. Throws `INVALID_CONFIGURATION` when one cannot be read. */
export async function loadTcpListener(
  tcp: NonNullable<Configuration['tcp']>,
  root: string,
): Promise<TcpListener> {
  const load = async (member: 'ca' | 'cert' | 'key') => {
    try {
      return await readFile(join(root, tcp[member]));
    } catch (cause) {
      const message = `tcp.${member}: cannot read ${tcp[member]}`;
      throw new KubeosError('INVALID_CONFIGURATION', message, { cause });
    }
  };
  const [ca, cert, key] = await Promise.all([load('ca'), load('cert'), load('key')]);
  return { address: tcp.address, clientNames: tcp.clientNames, ca, cert, key };
}
