import { describe, expect, it } from '@jest/globals';
import { parseActiveContent, parseImage } from './ctr-output.ts';

const digest = `sha256:${'1'.repeat(64)}` as const;
const other = `sha256:${'2'.repeat(64)}` as const;
const mark = 'upgrade.openeuler.org/prepare';

// As ctr 1.6 and 1.7 print them.
const table = `REF                TYPE                                       DIGEST     SIZE      PLATFORMS             LABELS
r.example/os:2.1   application/vnd.oci.image.index.v1+json    ${other}  1.2 GiB   linux/amd64,linux/arm64 -
r.example/os:2     application/vnd.oci.image.manifest.v1+json ${digest}  770.0 B   linux/amd64           io.cri-containerd.image=managed,${mark}=1
`;

describe('the table of images', () => {
  it.each([
    ['r.example/os:2', { digest, isOurs: true }],
    ['r.example/os:2.1', { digest: other, isOurs: false }],
    ['r.example/os', undefined],
    ['example/os:2', undefined],
    ['REF', undefined],
  ])('B-38: says of %s what stands behind its whole name', (name, image) => {
    expect(parseImage(table, name, mark)).toEqual(image);
  });
});

describe('the table of active content', () => {
  it('tells about how much has come', () => {
    const text =
      'REF\tSIZE\tAGE\nlayer-sha256:1\t10.49MB\t3 seconds\nlayer-sha256:2\t512B\t1 second\nx\t1.5 MiB\ty\n';
    expect(Object.fromEntries(parseActiveContent(text))).toEqual({
      'layer-sha256:1': 10_490_000,
      'layer-sha256:2': 512,
      x: 1_572_864,
    });
    expect(parseActiveContent('').size).toBe(0);
  });
});
