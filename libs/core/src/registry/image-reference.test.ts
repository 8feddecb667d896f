import { describe, expect, it } from '@jest/globals';
import { formatImageReference, parseImageReference, registryHost } from './image-reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const;

describe('a reference of an image', () => {
  it.each([
    ['r.example/os:2', 'r.example', 'os', '2'],
    ['r.example:5000/kubeos/os-image:v2.0.1', 'r.example:5000', 'kubeos/os-image', 'v2.0.1'],
    ['localhost/os', 'localhost', 'os', 'latest'],
    ['[::1]:5000/os:2', '[::1]:5000', 'os', '2'],
    ['REGISTRY/os:2', 'REGISTRY', 'os', '2'],
    ['kubeos/os__x.y--z:A_b.c-d', 'docker.io', 'kubeos/os__x.y--z', 'A_b.c-d'],
    ['index.docker.io/kubeos/os', 'docker.io', 'kubeos/os', 'latest'],
  ])('%s is read', (text, registry, repository, tag) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag });
  });

  it('B-38: of a short name is what docker and containerd both take it for', () => {
    const short = parseImageReference('os:2');
    expect(short).toEqual({ registry: 'docker.io', repository: 'library/os', tag: '2' });
    expect(formatImageReference(short)).toBe('docker.io/library/os:2');
    expect(registryHost(short)).toBe('registry-1.docker.io');
  });

  it('may name a digest in place of a tag', () => {
    const reference = parseImageReference(
      `r.example/os@${digest.toUpperCase().replace('SHA', 'sha')}`,
    );
    expect(reference).toEqual({ registry: 'r.example', repository: 'os', digest });
    expect(formatImageReference(reference)).toBe(`r.example/os@${digest}`);
    expect(registryHost(reference)).toBe('r.example');
  });

  it.each([
    ['nothing', ''],
    ['a blank', 'r.example/o s:2'],
    ['a leading slash', '/os:2'],
    ['a slash at the end', 'r.example/os/'],
    ['an empty part', 'r.example//os'],
    ['a colon at the end', 'r.example/os:'],
    ['a leading colon', ':os'],
    ['two tags', 'r.example/os:2:3'],
    ['a tag and a digest', `r.example/os:2@${digest}`],
    ['another digest', 'r.example/os@md5:0123'],
    ['a short digest', 'r.example/os@sha256:0123'],
    ['two digests', `r.example/os@${digest}@${digest}`],
    ['what a shell would run', 'r.example/os:$(reboot)'],
    ['an option', '--help'],
    ['a folder above', 'r.example/../os'],
    ['capitals in a repository', 'r.example/OS:2'],
    ['a scheme', 'https://r.example/os:2'],
    ['a user', 'user:secret@r.example/os'],
    ['no end', `r.example/${'o'.repeat(1024)}`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseImageReference(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
