import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { createInstallLog, installError } from './install-errors.ts';

const failed = new KubeosError('COMMAND_FAILED', 'setpriv exited with 25', {
  details: { exitCode: 25 },
});

/** What the programs really print, shortened. */
const logs: readonly (readonly [string, string, string])[] = [
  [
    'E: Unable to locate package nosuch\nE: setup failed: E: apt-get failed\nE: mmdebstrap failed to run\n',
    'SOURCE_NOT_FOUND',
    'No package nosuch in the repositories of /r.sources',
  ],
  ["E: Package 'old' has no installation candidate\n", 'SOURCE_NOT_FOUND', 'No package old in'],
  ["E: Version '9' for 'bash' was not found\n", 'SOURCE_NOT_FOUND', 'No package bash in'],
  ['Error: Unable to find a match: nosuch other\n', 'SOURCE_NOT_FOUND', 'nosuch other'],
  [
    'Err:1 http://m.example/d s InRelease\nE: Failed to fetch http://m.example/d/dists/s/InRelease  Could not connect to m.example:80\nE: Some index files failed to download.\n',
    'SOURCE_UNREACHABLE',
    'http://m.example/d/dists/s/InRelease (Could not connect to m.example:80)',
  ],
  [
    "E: The repository 'http://m.example/d s Release' does not have a Release file.\n",
    'SOURCE_UNREACHABLE',
    'http://m.example/d s Release',
  ],
  [
    "Error: Failed to download metadata for repo 'base': Cannot download repomd.xml\n",
    'SOURCE_UNREACHABLE',
    'base (Cannot download repomd.xml)',
  ],
  [
    "W: GPG error: http://m.example/d s InRelease: NO_PUBKEY 0123\nE: The repository 'http://m.example/d s InRelease' is not signed.\n",
    'INSECURE_SOURCE',
    'Signed-By',
  ],
  ['Error: GPG check FAILED\n', 'INSECURE_SOURCE', 'gpgkey'],
  [
    'However, you do not have any GPG public keys installed.\n\nProblem repository: [base]\n',
    'INSECURE_SOURCE',
    'Signatures of [base] cannot be checked',
  ],
  [
    'dpkg: error: cannot copy: No space left on device\nE: Failed to fetch copy:/x  write\n',
    'STORAGE_FULL',
    'The disk is full',
  ],
  [
    "E: You don't have enough free space in /w/root/var/cache/apt/archives/.\n",
    'STORAGE_FULL',
    'full',
  ],
  ['Error: At least 12MB more space needed on the / filesystem.\n', 'STORAGE_FULL', 'full'],
  [
    'I: installing\nE: Broken packages\nE: setup failed: E: x\nE: mmdebstrap failed to run\n',
    'COMMAND_FAILED',
    'failed: E: Broken packages',
  ],
  ['', 'COMMAND_FAILED', 'setpriv exited with 25'],
];

describe('installError', () => {
  it.each(logs)('translates %j', (log, code, said) => {
    expect(installError(failed, log, '/r.sources')).toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
  });

  it('leaves other failures as they are', () => {
    const cancelled = new KubeosError('CANCELLED', 'Cancelled');
    expect(installError(cancelled, 'E: Unable to locate package x', '/r')).toBe(cancelled);
  });
});

describe('createInstallLog', () => {
  it('keeps the end', () => {
    const log = createInstallLog();
    log.add('a'.repeat(70_000));
    log.add('end');
    expect(log.text()).toHaveLength(65_536);
    expect(log.text().endsWith('end')).toBe(true);
  });
});
