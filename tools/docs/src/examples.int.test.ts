/** Runs what the documents tell a reader to run. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run as runAgent } from '@kubeos/agent';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { run as runOperator } from '@kubeos/operator';
import { run as runProxy } from '@kubeos/proxy';
import { parseAllDocuments } from 'yaml';
import { layOutConsoleNode } from './console-node.ts';
import { exampleVariables, fillCluster } from './example-cluster.ts';
import { examplesOf, repository } from './pages.ts';

const execute = promisify(execFile);
const { NODE_OPTIONS: _forJest, ...environment } = process.env;

describe('on a real API server', () => {
  let plane: ControlPlane;
  let home: string;

  beforeAll(async () => {
    plane = await startControlPlane({ components: [] });
    await plane.run(['apply', '--server-side', '-f', join(repository, 'charts/kubeos/files/crds')]);
    await plane.run(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    home = await mkdtemp(join(tmpdir(), 'kubeos-docs-'));
    await symlink(join(repository, 'charts'), join(home, 'charts'));
    await mkdir(join(home, 'bin'));
    const plugin = 'kubectl-kubeos';
    await symlink(join(repository, 'apps', plugin, 'dist', plugin), join(home, 'bin', plugin));
  }, 600_000);

  afterAll(async () => {
    await plane.stop();
    await rm(home, { recursive: true, force: true });
  });

  // Without --norc a bash whose input is a socket takes itself for a remote shell.
  async function shell(script: string): Promise<string> {
    const { stdout, stderr } = await execute('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: home,
      timeout: 60_000,
      env: {
        ...exampleVariables,
        HOME: home,
        KUBECONFIG: plane.kubeconfig,
        PATH: [
          join(home, 'bin'),
          dirname(plane.kubectl),
          dirname(process.execPath),
          process.env['PATH'] ?? '',
        ].join(delimiter),
      },
    });
    expect(stderr).not.toMatch(/error|invalid|no resources|warning/iu);
    return stdout;
  }

  // Applied, not only tried: a dry run does not see the namespace that the same page has made before.
  it.each(examplesOf('yaml', 'test'))('takes the objects of $where', async ({ text }) => {
    for (const document of parseAllDocuments(text)) {
      const object = JSON.stringify(document.toJS());
      await plane.run(['apply', '--validate=strict', '-f', '-'], object);
    }
  });

  describe('with a node that failed', () => {
    beforeAll(async () => fillCluster(plane));

    const looks = examplesOf('sh', 'test').flatMap(({ text, where }) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('kubectl get'))
        .map((line) => ({ line, where })),
    );

    it.each(looks)('shows something for $line of $where', async ({ line }) => {
      const shown = await shell(line);
      expect(shown.trim()).not.toBe('');
      if (line.includes('custom-columns')) expect(shown).not.toContain('<none>');
    });

    it.each(examplesOf('sh', 'test'))('runs the commands of $where', async ({ text }) => {
      await shell(text);
    });
  });
});

describe('on a node', () => {
  const commands = (use: string) =>
    examplesOf('sh', use).flatMap(({ text, where }) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .map((line) => ({ line, where })),
    );
  const said: string[] = [];
  const silent = (): void => undefined;
  const deps = {
    version: '0',
    pid: 1,
    print: silent,
    complain: (text: string) => said.push(text),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    stop: new AbortController().signal,
  };

  it.each(examplesOf('sh', 'console'))('at the console $where has an answer', async ({ text }) => {
    const node = await layOutConsoleNode();
    try {
      const options = { env: node.env, timeout: 60_000 };
      const script = ['--norc', '-euo', 'pipefail', '-c', text];
      const { stdout, stderr } = await execute('bash', script, options);
      expect(stderr).toBe('');
      expect(stdout).not.toBe('');
    } finally {
      await node.remove();
    }
  });

  it.each(examplesOf('json', ''))(
    'os-agent takes the configuration of $where',
    async ({ text }) => {
      const folder = await mkdtemp(join(tmpdir(), 'kubeos-docs-'));
      const file = join(folder, 'agent.json');
      await writeFile(file, text);
      await runAgent(['status', '--config', file, '--root', folder], {}, deps);
      await rm(folder, { recursive: true, force: true });
      // Such a node has no slots; of the configuration nothing is said.
      expect(said.splice(0).join('')).not.toContain(file);
    },
  );

  const programs = { operator: runOperator, proxy: runProxy } as const;
  const starts = commands('node').filter(({ line }) => /^node apps\/\w+\/dist\//u.test(line));

  it.each(starts)('the program understands $line of $where', async ({ line }) => {
    const [, name = '', rest = ''] = /^node apps\/(\w+)\/dist\/\w+\.cjs ?(.*)$/u.exec(line) ?? [];
    const run = name === 'operator' || name === 'proxy' ? programs[name] : undefined;
    const args = [...rest.split(' ').filter((word) => word !== ''), '--help'];
    expect(await run?.(args, {}, deps)).toBe(0);
    expect(said).toEqual([]);
  });

  it.each(examplesOf('sh', 'node'))('bash understands $where', async ({ text }) => {
    await execute('bash', ['-n', '-c', text]);
  });
});

describe('in a program', () => {
  const folder = join(repository, 'tools/docs/out-tsc/examples');

  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it.each(examplesOf('ts', 'test'))('compiles and prints what $where says', async ({ text }) => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const compilerOptions = {
      ...{ noEmit: true, composite: false, rewriteRelativeImportExtensions: false },
      ...{ allowImportingTsExtensions: true, types: ['node'] },
    };
    const project = { extends: '../../../../tsconfig.base.json', compilerOptions };
    await writeFile(join(folder, 'example.ts'), text);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ ...project, files: ['example.ts'] }),
    );
    const options = { cwd: folder, env: environment, timeout: 120_000 };
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    // The compiler says on its standard output what is wrong.
    const compiled = spawnSync(process.execPath, [compiler, '--project', folder], options);
    expect(String(compiled.stdout)).toBe('');
    expect(compiled.status).toBe(0);
    const { stdout } = await execute(
      process.execPath,
      ['--conditions=@kubeos/source', join(folder, 'example.ts')],
      options,
    );
    const promised = [...text.matchAll(/\/\/ prints: (.+)$/gmu)].map(([, line]) => line);
    expect(promised.length).toBeGreaterThan(0);
    expect(stdout.trimEnd().split('\n')).toEqual(promised);
  });
});
