/** The agent's configuration file: JSON, every member optional, unknown members refused. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { errnoOf } from '@kubeos/host';
import * as z from 'zod/mini';

const path = z.string().check(z.startsWith('/', 'expected an absolute path'));
const text = z.string().check(z.minLength(1, 'expected a text'));
const folder = z
  .string()
  .check(z.regex(/^(\/[^/]+)+$/, 'expected an absolute path without a slash at its end'));
const folders = z.exactOptional(z.array(folder).check(z.minLength(1, 'expected a folder')));

const healthz = 'expected false or an address http://...';

const configurationSchema = z.strictObject({
  /** Folder of grub.cfg and grubenv. */
  bootDir: z._default(path, '/boot/efi/EFI/openEuler'),
  /** Folder on PERSIST where the agent keeps its records. */
  persistDir: z._default(path, '/persist'),
  /** The disk of the slots. Default: the one that holds the mounted root. */
  disk: z.exactOptional(path),
  /** What the slots are: a device, `PARTUUID=...` or `PARTLABEL=...`. Default: the labels ROOT-A and ROOT-B. */
  slots: z.exactOptional(z.strictObject({ A: text, B: text })),
  /** Seconds without a call or an operation after which a socket-activated agent goes. */
  idleSeconds: z._default(
    z.number().check(z.gt(0, 'expected more than 0'), z.lte(3600, 'expected at most 3600')),
    10,
  ),
  /** Settings of the node. */
  settings: z.exactOptional(
    z.strictObject({
      /** Folders that a `configpath` may name, by model, in place of the model's own. */
      folders: z.exactOptional(
        z.strictObject({
          'kernel.sysctl.persist': folders,
          'kubernetes.kubelet': folders,
          'container.containerd': folders,
          'pam.limits': folders,
        }),
      ),
      /** Where the kubelet says how it is; `false` where it does not (`healthzPort: 0`). */
      kubeletHealthz: z.exactOptional(
        z.union([z.literal(false), z.url({ protocol: /^http$/, error: healthz })], healthz),
      ),
    }),
  ),
  /** Calls from other machines. */
  tcp: z.exactOptional(
    z.strictObject({
      /** `HOST:PORT`. */
      address: z.string().check(z.regex(/^.+:\d{1,5}$/, 'expected HOST:PORT')),
      /** Certificate of the agent, PEM. */
      cert: path,
      /** Its key, PEM. */
      key: path,
      /** The CA of the clients, PEM. */
      ca: path,
      /** Who may call: common name, DNS name or URI in a client's certificate. */
      clientNames: z.array(text).check(z.minLength(1, 'expected at least one name')),
    }),
  ),
});

/** What a node's agent is told about its node. Paths are as on the node, without the prefix of `--root`. */
export type Configuration = z.output<typeof configurationSchema>;

/** The file that is read when none is named. */
const defaultConfigurationPath = '/etc/KubeOS/agent.json';

/**
 * Reads the configuration. A named file has to be there; the default one below the root prefix need not. Throws
 * `INVALID_CONFIGURATION` with the member at fault.
 */
export async function loadConfiguration(
  root: string,
  named: string | undefined,
): Promise<Configuration> {
  const file = named ?? join(root, defaultConfigurationPath);
  const refuse = (problem: string, cause?: unknown) =>
    new KubeosError('INVALID_CONFIGURATION', `${file}: ${problem}`, { cause });
  const parsed = configurationSchema.safeParse(parseJson(await read(file, named, refuse), refuse));
  if (parsed.success) return parsed.data;
  throw refuse(describe(parsed.error));
}

type Refuse = (problem: string, cause?: unknown) => KubeosError;

async function read(file: string, named: string | undefined, refuse: Refuse): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isAbsent = errnoOf(cause) === 'ENOENT';
    if (isAbsent && named === undefined) return '{}';
    throw refuse(isAbsent ? 'there is no such file' : 'cannot be read', cause);
  }
}

function parseJson(json: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw refuse(`not JSON: ${String(cause)}`, cause);
  }
}

function describe(error: z.core.$ZodError): string {
  return error.issues.map(describeIssue).join('; ');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const member = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => (member === '' ? key : `${member}.${key}`));
    return `unknown member ${names.join(', ')}`;
  }
  const problem = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message;
  return member === '' ? problem : `${member}: ${problem}`;
}
