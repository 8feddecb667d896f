/** Run as a bundle of its own by the memory test: installs one payload and prints the peak of its resident memory. */
import { readFile } from 'node:fs/promises';
import type { Digest, ImageType } from '@kubeos/core';
import { createSlotDevices, createSystemClock, exec } from '@kubeos/host';
import { createSlotStore } from '../src/index.ts';

const [, , device = '', imageType = '', source = '', digest = '', folder = ''] = process.argv;
const store = createSlotStore({
  slots: createSlotDevices({ root: '/', slots: { A: device, B: device } }),
  exec,
  clock: createSystemClock(),
  certsDir: folder,
  mountDir: `${folder}/mounts`,
  registryAuthFile: `${folder}/registry-auth.json`,
  containerdHostsDir: `${folder}/certs.d`,
  workDir: `${folder}/work`,
  proxyEnv: {},
});
await store.install(
  'B',
  {
    imageType: imageType as ImageType,
    ...(imageType === 'disk' ? { url: source } : { image: source }),
    digest: digest as Digest,
    allowInsecure: true,
    mutualTls: false,
  },
  { signal: new AbortController().signal, onProgress: () => undefined },
);
const status = await readFile('/proc/self/status', 'utf8');
console.log(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1]);
