import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBinaries } from './binaries.ts';
import { makeCertificates } from './certificates.ts';
import type { ControlPlane, ControlPlaneOptions, OptionalComponent } from './contract.ts';
import { pickPorts } from './ports.ts';
import { PortTaken, throwIfCancelled } from './readiness.ts';
import { RunningPlane, type PlaneInputs } from './running-plane.ts';

const defaultComponents: readonly OptionalComponent[] = ['controller-manager', 'scheduler', 'kwok'];

const programOf = {
  'controller-manager': 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  kwok: 'kwok',
} as const satisfies Readonly<Record<OptionalComponent, string>>;

/** Tests play nodes that fall silent, and do not want to wait long. */
const playedGraceSeconds = 8;
/** The default of Kubernetes. */
const realGraceSeconds = 50;

/** A port can be lost between looking and listening; losing one this often means something else is wrong. */
const portAttempts = 5;

/**
 * Starts etcd, the API server and the chosen components on free loopback ports, and waits until they can be used.
 *
 * The programs die with this process, however it ends. Throws `COMMAND_FAILED` with the end of its log when one of them
 * ends during the start, `API_UNAVAILABLE` when the server does not get ready, `CANCELLED` by the signal, and what
 * `ensureBinaries` throws; nothing is left behind then.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { components = defaultComponents, log = () => undefined, signal } = options;
  const { nodesJoin = false } = options;
  const optional = components.map((name) => programOf[name]);
  const programs = ['etcd', 'kube-apiserver', 'kubectl', ...optional];
  const binaries = await ensureBinaries(programs, log, signal);
  const folder = await openFolder(options.folder);
  const removeFolder = async (): Promise<void> => {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    return await startOnFreePorts({
      folder,
      binaries,
      certificates: await makeCertificates(folder),
      optional,
      apiserverFlags: options.apiserverFlags ?? [],
      nodesJoin,
      nodeMonitorGraceSeconds:
        options.nodeMonitorGraceSeconds ?? (nodesJoin ? realGraceSeconds : playedGraceSeconds),
      log,
      signal,
      removeFolder,
    });
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

async function openFolder(given: string | undefined): Promise<string> {
  if (given === undefined) return mkdtemp(join(tmpdir(), 'kubeos-control-plane-'));
  await mkdir(given, { recursive: true });
  await chmod(given, 0o700);
  return given;
}

async function startOnFreePorts(inputs: Omit<PlaneInputs, 'ports'>): Promise<RunningPlane> {
  for (let attempt = 1; ; attempt += 1) {
    const [etcd = 0, etcdPeer = 0, apiServer = 0] = await pickPorts(3);
    const plane = new RunningPlane({ ...inputs, ports: { etcd, etcdPeer, apiServer } });
    try {
      await plane.start();
      throwIfCancelled(inputs.signal);
      return plane;
    } catch (error) {
      await plane.stopPrograms();
      if (!(error instanceof PortTaken) || attempt === portAttempts) throw error;
      inputs.log(`${error.message}: trying others`);
    }
  }
}
