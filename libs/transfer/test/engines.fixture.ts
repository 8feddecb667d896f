import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@kubeos/host';
import { type Daemon, startDaemon } from '@kubeos/testing';

/** An engine with everything of its own in one folder. */
export interface Engine extends Daemon {
  /** Environment by which its programs reach it. */
  readonly env: Readonly<Record<string, string>>;
  run(...args: readonly string[]): Promise<string>;
}

/** Starts a docker that touches no network and nothing outside of the folder. */
export async function startDocker(folder: string): Promise<Engine> {
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const daemon = await startDaemon(
    'dockerd',
    [
      ...['--iptables=false', '--bridge=none', '--storage-driver=vfs'],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'docker.pid'), '--host', socket],
    ],
    /API listen on/u,
  );
  const env = { DOCKER_HOST: socket };
  return { ...daemon, env, run: (...args) => runIn(env, 'docker', args) };
}

/** Starts a containerd without the part for kubelets. */
export async function startContainerd(folder: string): Promise<Engine> {
  await mkdir(folder, { recursive: true });
  const socket = join(folder, 'containerd.sock');
  const config = join(folder, 'config.toml');
  await writeFile(
    config,
    [
      'version = 2',
      `root = "${join(folder, 'root')}"`,
      `state = "${join(folder, 'state')}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      '[grpc]',
      `address = "${socket}"`,
    ].join('\n'),
  );
  const daemon = await startDaemon('containerd', ['--config', config], /successfully booted/u);
  const env = { CONTAINERD_ADDRESS: socket };
  const inNamespace = ['--namespace', 'k8s.io'];
  return { ...daemon, env, run: (...args) => runIn(env, 'ctr', [...inNamespace, ...args]) };
}

async function runIn(
  env: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
): Promise<string> {
  return (await exec(program, args, { env })).stdout.trim();
}
