import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { createSystemClock, type Exec } from '@kubeos/host';
import { createRunEngine, isInstalled, streamOf } from './engine-program.ts';

function failing(stderr: string): Exec {
  const details = { exitCode: 1, stderr };
  return () =>
    Promise.reject(new KubeosError('COMMAND_FAILED', 'docker exited with 1', { details }));
}

describe('what an engine says when it fails', () => {
  it.each([
    [
      'Error response from daemon: manifest for r/os:2 not found: manifest unknown',
      'SOURCE_NOT_FOUND',
    ],
    ['ctr: failed to resolve reference "r/os:2": r/os:2: not found', 'SOURCE_NOT_FOUND'],
    ['unauthorized: authentication required', 'REGISTRY_DENIED'],
    ['pull access denied for os, repository does not exist', 'REGISTRY_DENIED'],
    ['unexpected status code [manifests 2]: 401 Unauthorized', 'REGISTRY_DENIED'],
    ['no matching manifest for linux/arm64 in the manifest list entries', 'NO_PLATFORM'],
    ['ctr: no match for platform in manifest: not found', 'SOURCE_NOT_FOUND'],
    ['x509: certificate signed by unknown authority', 'TLS_FAILED'],
    ['http: server gave HTTP response to HTTPS client', 'TLS_FAILED'],
    ['dial tcp 127.0.0.1:1: connect: connection refused', 'SOURCE_UNREACHABLE'],
    ['dial tcp: lookup r.example: no such host', 'SOURCE_UNREACHABLE'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'STORAGE_FULL'],
    ['Could not find the file /os.tar in container 12', 'PAYLOAD_UNKNOWN'],
    ["layers from manifest don't match image configuration", 'PAYLOAD_CORRUPT'],
    [
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'ENGINE_UNAVAILABLE',
    ],
    [
      'ctr: failed to dial "/run/containerd/containerd.sock": context deadline exceeded',
      'ENGINE_UNAVAILABLE',
    ],
    ['something that nobody has ever seen', 'COMMAND_FAILED'],
  ])('%s: %s', async (stderr, code) => {
    const run = createRunEngine(failing(stderr), 'docker');
    await expect(run([])).rejects.toMatchObject({ code });
  });
});

describe('an engine that is not there', () => {
  const absent: Exec = () => {
    const cause = Object.assign(new Error('spawn docker ENOENT'), { code: 'ENOENT' });
    return Promise.reject(new KubeosError('COMMAND_FAILED', 'Cannot start docker', { cause }));
  };

  it('is told by name', async () => {
    const run = createRunEngine(absent, 'docker');
    await expect(run(['version'])).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: 'There is no program docker on this node',
    });
    expect(await isInstalled(absent, 'docker')).toBe(false);
    expect(await isInstalled(failing('unknown option'), 'docker')).toBe(true);
  });

  it('is told by name where it was to be read from', async () => {
    const options = { signal: new AbortController().signal, clock: createSystemClock() };
    const read = async (): Promise<void> => {
      for await (const _chunk of streamOf('no-such-engine', [], options));
    };
    await expect(read()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });
});

describe('the output of an engine', () => {
  const signal = new AbortController().signal;

  it('comes as it is, and fails with the program', async () => {
    const read = async (script: string): Promise<string> => {
      const chunks: Buffer[] = [];
      const options = { signal, clock: createSystemClock(), env: { WORD: 'word' } };
      for await (const chunk of streamOf('sh', ['-c', script], options)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    expect(await read('printf "$WORD"')).toBe('word');
    await expect(read('printf part; echo "manifest unknown" >&2; exit 1')).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
  });

  it('ends with STALLED when nothing comes for ten minutes', async () => {
    let nowMs = 0;
    const clock = {
      now: () => ({ wallMs: 0, monotonicMs: nowMs }),
      sleep: async (milliseconds: number) => void (nowMs += milliseconds),
    };
    const read = async (): Promise<void> => {
      for await (const _chunk of streamOf('sleep', ['60'], { signal, clock }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'STALLED' });
  });
});
