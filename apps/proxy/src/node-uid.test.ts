import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@kubeos/testing';
import { createNodeUid } from './node-uid.ts';

const tokenOf = (uid: string): string =>
  `e30.${Buffer.from(JSON.stringify({ 'kubernetes.io': { node: { uid } } })).toString('base64url')}.`;

describe('the UID of the Node', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-token-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is the configured one', () => {
    expect(createNodeUid('u1', new ManualClock(), '/none')()).toBe('u1');
  });

  it('is not known without a token', () => {
    expect(createNodeUid(undefined, new ManualClock(), join(folder, 'none'))()).toBeUndefined();
  });

  it('is what the token names, also after the token was renewed', async () => {
    const [clock, path] = [new ManualClock(), join(folder, 'token')];
    await writeFile(path, tokenOf('u1'));
    const nodeUid = createNodeUid(undefined, clock, path);
    expect(nodeUid()).toBe('u1');

    await writeFile(path, tokenOf('u2'));
    await clock.advance(61_000);
    expect(nodeUid()).toBe('u2');
  });
});
