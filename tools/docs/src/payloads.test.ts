/** Checks what the documents say of images for upgrades. */
import { describe, expect, it } from '@jest/globals';
import { imageTypes, parseImageReference, parseOs, type Payload } from '@kubeos/core';
import { findLogin } from '@kubeos/transfer';
import { parseAllDocuments } from 'yaml';
import { examplesOf } from './pages.ts';

const objects = examplesOf('yaml', 'test').flatMap(({ text, where }) =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Readonly<Record<string, unknown>>)
    .filter(({ kind }) => kind === 'OS')
    .map((object) => ({ where, payload: payloadOf(object) })),
);

function payloadOf(object: Readonly<Record<string, unknown>>): Payload | undefined {
  const given = object['metadata'] as Readonly<Record<string, unknown>>;
  const metadata = { uid: 'uid', generation: 1, resourceVersion: '1', ...given };
  return parseOs({ ...object, metadata }).spec?.payload;
}

describe('the objects of the documents', () => {
  it('show every type of image', () => {
    const shown = new Set(objects.map(({ payload }) => payload?.imageType));
    expect(imageTypes.filter((type) => !shown.has(type))).toEqual([]);
  });

  it('name images as the agent reads them', () => {
    const images = objects.flatMap(({ payload }) => payload?.image ?? []);
    expect(images.map((image) => parseImageReference(image).registry)).not.toContain('docker.io');
  });
});

describe('the credentials of the documents', () => {
  const files = examplesOf('json', 'auth');

  it('are there', () => {
    expect(files).not.toEqual([]);
  });

  it.each(files)('$where is read by the agent', ({ text, where }) => {
    const hosts = Object.keys((JSON.parse(text) as { readonly auths: object }).auths);
    for (const host of hosts) {
      expect(findLogin(text, host, where)).toEqual({
        credentials: { user: 'node', password: 'secret' },
      });
    }
  });
});
