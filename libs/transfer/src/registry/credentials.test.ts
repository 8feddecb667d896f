import { describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLogin, readNodeCredentials } from './credentials.ts';

const auth = Buffer.from('node:pass:word').toString('base64');
const credentials = { user: 'node', password: 'pass:word' };

function find(config: object, registry = 'r.example:5000'): object {
  return findLogin(JSON.stringify(config), registry, 'config.json');
}

describe('stored credentials', () => {
  it.each([
    ['auth', { auth }],
    ['user and password', { username: 'node', password: 'pass:word' }],
  ])('are read from %s', (_what, entry) => {
    expect(find({ auths: { 'r.example:5000': entry } })).toEqual({ credentials });
  });

  it.each([
    'https://r.example:5000',
    'http://r.example:5000/',
    'r.example:5000/v2/',
    'https://r.example:5000/v1/',
  ])('are found under %s', (key) => {
    expect(find({ auths: { [key]: { auth } } })).toEqual({ credentials });
  });

  it.each(['r.example', 'r.example:5000/team', 'other.example:5000', 'r.example:5000.evil'])(
    'are not those of %s',
    (key) => {
      expect(find({ auths: { [key]: { auth } } })).toEqual({});
    },
  );

  it('of docker.io are under the name that docker uses', () => {
    const config = { auths: { 'https://index.docker.io/v1/': { auth } } };
    expect(find(config, 'docker.io')).toEqual({ credentials });
  });

  it('may be with a helper, of one registry or of all', () => {
    expect(find({ credsStore: 'all' })).toEqual({ helper: 'all' });
    const config = { credsStore: 'all', credHelpers: { 'r.example:5000': 'one' } };
    expect(find(config)).toEqual({ helper: 'one' });
    expect(find(config, 'other')).toEqual({ helper: 'all' });
    expect(find({ auths: { 'r.example:5000': {} }, credsStore: 'all' })).toEqual({ helper: 'all' });
  });

  it.each([
    ['text', 'no JSON'],
    ['[]', 'no object'],
    ['{"auths":{"r.example:5000":{"auth":"bm8gY29sb24="}}}', 'no colon'],
    ['{"auths":{"r.example:5000":{"identitytoken":"secret-token"}}}', 'a token'],
  ])('are refused as %j (%s), without a word of them', (text) => {
    const read = (): unknown => findLogin(text, 'r.example:5000', 'config.json');
    expect(read).toThrow(expect.objectContaining({ code: 'CREDENTIALS_UNUSABLE' }));
    expect(read).not.toThrow(/secret-token|bm8g/u);
  });
});

describe('the file of a node', () => {
  it('need not be there, and is read only where it is private', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-'));
    const path = join(folder, 'registry-auth.json');
    try {
      expect(await readNodeCredentials(path, 'r')).toBeUndefined();
      await writeFile(path, JSON.stringify({ auths: { r: { auth } } }), { mode: 0o600 });
      expect(await readNodeCredentials(path, 'r')).toEqual(credentials);
      await chmod(path, 0o604);
      await expect(readNodeCredentials(path, 'r')).rejects.toMatchObject({
        code: 'CREDENTIALS_UNUSABLE',
      });
      await expect(readNodeCredentials(folder, 'r')).rejects.toMatchObject({
        code: 'CREDENTIALS_UNUSABLE',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
