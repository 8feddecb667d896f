import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pickPorts, startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import type { ImageArch } from '@kubeos/core/image';
import { examplesOf } from '@kubeos/docs';
import { exec } from '@kubeos/host';
import { readElf } from '@kubeos/imaging';
import {
  createTestAuthority,
  startDaemon,
  startRegistry,
  type RegistryServer,
} from '@kubeos/testing';
import type { ImagesManifest } from './images-manifest.ts';
import { run } from './person/run.ts';
import { programNames, socketGroupId, userId, type ProgramName } from './programs.ts';
import { caBundlePath } from './system/system-files.ts';
import {
  containerCommand,
  mountPoints,
  unpackImage,
  type UnpackedImage,
} from './unpacked-image.fixture.ts';

const root = join(import.meta.dirname, '../../..');
const own: ImageArch = process.arch === 'arm64' ? 'arm64' : 'amd64';
const platforms: readonly ImageArch[] = ['amd64', 'arm64'];
const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000', DOCKER_CONFIG: '/nonexistent' };
const secrets = mountPoints[1];

let folder = '';
let registry: RegistryServer;
let version = '';
let manifest: ImagesManifest;
let printed = '';
const images = {} as Record<ProgramName, UnpackedImage>;
const at = (...names: readonly string[]): string => join(folder, ...names);

async function build(...args: readonly string[]) {
  const said: string[] = [];
  const told: string[] = [];
  const status = await run(args, env, {
    root,
    print: (text) => said.push(text),
    complain: (text) => told.push(text),
    // Bundles are made before tests that run them.
    bundle: async () => undefined,
    stop: new AbortController().signal,
  });
  return { status, said: said.join(''), told: told.join('') };
}

async function readImages(output: string): Promise<ImagesManifest> {
  return JSON.parse(await readFile(join(output, 'images.json'), 'utf8')) as ImagesManifest;
}

async function inspect(source: string, ...more: readonly string[]) {
  const { stdout } = await exec('skopeo', ['inspect', '--tls-verify=false', ...more, source]);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-images-'));
  registry = await startRegistry({ folder: at('registry') });
  const built = await build('--output', at('out'), '--push', registry.host);
  if (built.status !== 0) throw new Error(built.told);
  printed = built.said;
  manifest = await readImages(at('out'));
  version = manifest.version;
  // What runs below is what the registry gives, not what the build has left.
  for (const name of programNames) {
    const source = `docker://${registry.host}/kubeos/${name}:${version}`;
    const copy = ['copy', '--all', '--src-tls-verify=false', source, `oci:${at(name)}:v`];
    await exec('skopeo', copy);
    images[name] = await unpackImage(at(name), own, at(`${name}-root`));
    for (const point of mountPoints) await mkdir(at(`${name}-root`, point), { recursive: true });
  }
}, 300_000);
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

describe('the images of a registry', () => {
  it.each(programNames)(
    '%s are indices of both platforms, under the printed digest',
    async (name) => {
      const image = manifest.images.find((one) => one.name === name);
      const digest = image?.digest ?? '';
      expect(printed).toContain(`${registry.host}/kubeos/${name}:${version} ${digest}\n`);
      const pinned = `docker://${registry.host}/kubeos/${name}@${digest}`;
      for (const platform of image?.platforms ?? []) {
        const { architecture } = platform;
        const told = await inspect(pinned, '--override-arch', architecture);
        expect(told).toMatchObject({
          ...{ Architecture: architecture, Os: 'linux', Created: '2023-11-14T22:13:20Z' },
          Labels: {
            'org.opencontainers.image.title': name,
            'org.opencontainers.image.version': version,
            'org.opencontainers.image.licenses': 'MulanPSL-2.0',
          },
        });
        // Node.js is 45 MiB of it.
        expect(platform.packedBytes).toBeLessThan(52 * 2 ** 20);
      }
      expect(image?.platforms.map(({ architecture }) => architecture)).toEqual(platforms);
    },
  );

  it('share all but the program', async () => {
    const layersOf = async (name: ProgramName) =>
      (await inspect(`docker://${registry.host}/kubeos/${name}:${version}`))['Layers'] as string[];
    const [operator, proxy] = [await layersOf('os-operator'), await layersOf('os-proxy')];
    expect(operator.slice(0, -1)).toEqual(proxy.slice(0, -1));
    expect(operator.at(-1)).not.toBe(proxy.at(-1));
  });

  it('are also in archives, with a list of software for each platform', async () => {
    const names = (await readdir(at('out'))).filter((name) => !name.startsWith('.'));
    expect(names).toEqual([
      'images.json',
      ...programNames.flatMap((name) => [
        ...[name, `${name}.amd64.spdx.json`, `${name}.arm64.spdx.json`, `${name}.tar`],
      ]),
    ]);
    const archive = `oci-archive:${at('out', 'os-proxy.tar')}:${version}`;
    expect(await inspect(archive)).toMatchObject({ Architecture: own });
    const list = await readFile(at('out', 'os-proxy.arm64.spdx.json'), 'utf8');
    const digest = manifest.images[1]?.platforms[1]?.digest.slice('sha256:'.length);
    expect(list).toContain(`"checksumValue": "${digest}"`);
    expect(list).toContain('pkg:deb/debian/libc6@2.41-');
    expect(list).toContain('?arch=arm64');
    expect(list).toContain('pkg:generic/nodejs@24.');
    expect(list).toContain('pkg:npm/%40grpc/grpc-js@');
  });
});

describe('the documents', () => {
  let home = '';

  beforeAll(async () => {
    home = at('home');
    await mkdir(join(home, 'dist'), { recursive: true });
    await symlink(at('out'), join(home, 'dist/images'));
    await symlink(join(root, 'package.json'), join(home, 'package.json'));
  });

  /** Both registries of the documents are that of the test, which speaks plain http. */
  function here(text: string): string {
    return text
      .replaceAll('registry.example.org', registry.host)
      .replaceAll('mirror.example.org', `${registry.host}/mirror`)
      .replaceAll('skopeo inspect', 'skopeo inspect --tls-verify=false')
      .replaceAll('skopeo copy', 'skopeo copy --src-tls-verify=false --dest-tls-verify=false');
  }

  const script = ['--norc', '-euo', 'pipefail', '-c'];

  it.each(examplesOf('sh', 'registry'))('run the commands of $where', async ({ text }) => {
    const { stdout } = await exec('bash', [...script, here(text)], { cwd: home });
    expect(stdout).not.toBe('');
    if (!text.includes('sha256sum')) return;
    expect(stdout.match(/^[0-9a-f]{64}/gmu)?.map((hex) => `sha256:${hex}`)).toEqual(
      manifest.images.map(({ digest }) => digest),
    );
  });

  it('have mirrored both images under their digests', async () => {
    for (const { name, digest } of manifest.images) {
      const mirrored = `docker://${registry.host}/mirror/kubeos/${name}:${version}`;
      expect(await inspect(mirrored)).toMatchObject({ Digest: digest });
    }
  });
});

describe('the files of an image', () => {
  async function listed(name: string, ...tests: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await exec('find', [at(name), ...tests, '-printf', '%P\n']);
    return stdout.split('\n').filter((path) => path !== '');
  }

  it('are nothing to run but Node.js, and nothing that its user could change', async () => {
    const programs = await listed('os-operator-root', '-type', 'f', '-perm', '/111');
    const others = programs.filter((path) => !/^usr\/lib(?:64)?\/.*\.so/u.test(path));
    expect(others).toEqual(['usr/bin/node']);
    const writable = ['-not', '-type', 'l', '-perm', '/022'];
    expect(await listed('os-operator-root', ...writable)).toEqual([]);
    expect(await listed('os-operator-root', '-not', '-user', 'root')).toEqual([]);
  });

  it.each(platforms)('for %s have every library that one of them needs', async (architecture) => {
    const dir = at(`elf-${architecture}`);
    await unpackImage(at('os-proxy'), architecture, dir);
    const paths = await listed(`elf-${architecture}`, '-type', 'f', '-perm', '/111');
    const elves = await Promise.all(
      paths.map(async (path) => readElf(await readFile(join(dir, path)), path)),
    );
    const machine = { amd64: 'elf64-62', arm64: 'elf64-183' }[architecture];
    expect(new Set(elves.map((elf) => elf.machine))).toEqual(new Set([machine]));
    const there = new Set(paths.map((path) => basename(path)));
    const missing = elves.flatMap(({ libraries }) => libraries.filter((name) => !there.has(name)));
    expect(missing).toEqual([]);
    expect((await stat(join(dir, elves[0]?.interpreter ?? 'usr/bin/node'))).isFile()).toBe(true);
    await rm(dir, { recursive: true });
  });
});

describe('a container', () => {
  async function contained(
    name: ProgramName,
    ...[words, options]: [readonly string[], Parameters<typeof containerCommand>[2]?]
  ) {
    const [program, args] = containerCommand(images[name], words, options);
    return exec(program, args, { okExitCodes: [0, 1, 2, 64] });
  }

  it.each(programNames)('of %s knows its version and its help', async (name) => {
    expect((await contained(name, ['--version'])).stdout).toBe(`${name} ${version}\n`);
    expect((await contained(name, ['--help'])).stdout).toContain(`Usage: ${name}`);
  });

  /** Node.js with the options of the proxy's entry point. */
  async function evaluated(script: string): Promise<unknown> {
    const entrypoint = [...images['os-proxy'].config.Entrypoint.slice(0, -1), '--eval', script];
    return JSON.parse((await contained('os-proxy', [], { entrypoint })).stdout);
  }

  it('is nobody on the node, can write nothing, and looks names up', async () => {
    await writeFile(at('os-proxy-root/etc/hosts'), '127.0.0.9 api.test\n');
    const told = await evaluated(`
      const { writeFileSync, readFileSync } = require('node:fs');
      let wrote = 'yes';
      try { writeFileSync('/file', ''); } catch (error) { wrote = error.code; }
      require('node:dns').lookup('api.test', (_error, address) => console.log(JSON.stringify({
        wrote, address, ids: [process.getuid(), process.getgid(), process.getgroups()],
        name: require('node:os').userInfo().username,
        capabilities: /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1],
      })));`);
    expect(told).toEqual({
      ...{ wrote: 'EROFS', address: '127.0.0.9', capabilities: '0'.repeat(16) },
      ...{ ids: [65532, 6552, [6552]], name: 'nonroot' },
    });
  });

  it('trusts the bundle of certificates, and what somebody mounts in its place', async () => {
    const bundle = at('os-proxy-root', caBundlePath);
    const certificates = (await readFile(bundle, 'utf8')).split(
      /(?<=-----END CERTIFICATE-----\n)/u,
    );
    expect(certificates.length).toBeGreaterThan(100);
    expect(certificates.map((text) => new X509Certificate(text).ca)).not.toContain(false);

    await mkdir(at('certs'));
    const authority = await createTestAuthority(at('certs'), 'ca');
    const server = createServer(await authority.issue('server'), (_request, response) => {
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = `
      const tell = (what) => console.log(JSON.stringify(what));
      require('node:https').get('${url}', { agent: false }, (answer) => tell(answer.statusCode))
        .on('error', ({ code }) => tell(code));`;
    try {
      expect(await evaluated(ask)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      await appendFile(bundle, authority.self.cert);
      expect(await evaluated(ask)).toBe(200);
    } finally {
      server.close();
    }
  });

  it.each(programNames)('of %s says that it is in no cluster', async (name) => {
    const { stderr, exitCode } = await contained(name, ['--listen=127.0.0.1:0'], {
      env: { NODE_NAME: 'node-1', POD_NAME: 'pod' },
    });
    expect(stderr).toContain('This is no pod of a cluster');
    expect(exitCode).not.toBe(0);
  });
});

describe('on a real API server', () => {
  let plane: ControlPlane;
  const [namespace, account] = ['kubeos-system', 'any'];

  beforeAll(async () => {
    plane = await startControlPlane({ components: [] });
    const crds = join(root, 'charts/kubeos/files/crds');
    await plane.run(['apply', '--server-side', '--filename', crds]);
    await plane.run(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    await plane.run(['create', 'namespace', namespace]);
    await plane.run(['create', 'serviceaccount', account, '--namespace', namespace]);
    const binding = ['--clusterrole=cluster-admin', `--serviceaccount=${namespace}:${account}`];
    await plane.run(['create', 'clusterrolebinding', account, ...binding]);
    const token = await plane.run(['create', 'token', account, '--namespace', namespace]);
    for (const name of programNames) {
      const files = at(`${name}-root`, secrets);
      await writeFile(join(files, 'token'), token.trim());
      await writeFile(join(files, 'ca.crt'), await readFile(plane.caFile));
      await writeFile(join(files, 'namespace'), namespace);
    }
  }, 300_000);
  afterAll(() => plane.stop());

  async function start(name: ProgramName, ready: RegExp, more: Readonly<Record<string, string>>) {
    const { hostname, port } = new URL(plane.server);
    const [listen = 0] = await pickPorts(1);
    const [program, args] = containerCommand(images[name], [], {
      env: {
        ...{ KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
        ...{ LISTEN: `127.0.0.1:${listen}`, ...more },
      },
      // As the chart runs both; the socket's group comes on top for the proxy.
      user: `${userId}:${userId}`,
      groups: name === 'os-proxy' ? [socketGroupId] : [],
    });
    const daemon = await startDaemon(program, args, ready);
    return { stop: () => daemon.stop(), url: `http://127.0.0.1:${listen}` };
  }

  it('a container of os-operator leads', async () => {
    const { stop } = await start('os-operator', /"Beginning a term"/u, { POD_NAME: 'pod-1' });
    try {
      const path = ['get', 'lease', 'os-operator', '--namespace', namespace];
      const holder = await plane.run([...path, '--output=jsonpath={.spec.holderIdentity}']);
      expect(holder).toContain('pod-1');
    } finally {
      await stop();
    }
  });

  it('a container of os-proxy serves', async () => {
    const identity = { NODE_NAME: 'node-1', NODE_UID: 'uid-1' };
    const { stop, url } = await start('os-proxy', /"Serving"/u, identity);
    try {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('# HELP');
    } finally {
      await stop();
    }
  });
});

describe('another build', () => {
  it('gives the same bytes, and keeps them when the registry cannot be reached', async () => {
    const [port = 0] = await pickPorts(1);
    const nowhere = `127.0.0.1:${port}`;
    const { status, told } = await build('--output', at('b'), '--arch', own, '--push', nowhere);
    expect(told).toMatch(new RegExp(`^.*${nowhere}.*\\n$`, 'mu'));
    expect(told).toContain('ECONNREFUSED');
    expect(status).not.toBe(0);
    const again = await readImages(at('b'));
    const ofPlatform = ({ images: all }: ImagesManifest) =>
      all.map(({ name, platforms: of }) => [
        name,
        of.find(({ architecture }) => architecture === own),
      ]);
    expect(ofPlatform(again)).toEqual(ofPlatform(manifest));
    const lists = ({ artefacts }: ImagesManifest) =>
      artefacts.filter(({ name }) => name.endsWith(`.${own}.spdx.json`));
    expect(lists(again)).toEqual(lists(manifest));
  }, 300_000);
});
