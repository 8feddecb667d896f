import { open } from 'node:fs/promises';
import { KubeosError } from '@kubeos/core';
import { errnoOf } from '@kubeos/host';

/** Who we are for a registry. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a file with credentials says of one registry. */
export interface StoredLogin {
  readonly credentials?: Credentials;
  /** The program that keeps them, `docker-credential-NAME`. */
  readonly helper?: string;
}

/** Docker keeps what belongs to docker.io under the name of a server of before. */
const namesOfDockerHub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/**
 * Reads the credentials of a node, a file in the format of docker's `config.json` (`auths`). Without the file there are
 * none. Throws `CREDENTIALS_UNUSABLE`, also where others than its owner could read or replace it.
 *
 * @param registry as in the reference of the image
 */
export async function readNodeCredentials(
  path: string,
  registry: string,
): Promise<Credentials | undefined> {
  const text = await readPrivateFile(path);
  return text === undefined ? undefined : findLogin(text, registry, path).credentials;
}

/**
 * Finds a registry in the text of a `config.json` of docker. Throws `CREDENTIALS_UNUSABLE`.
 *
 * @param path for messages
 */
export function findLogin(text: string, registry: string, path: string): StoredLogin {
  const config = parseObject(text, path);
  const helpers = objectAt(config, 'credHelpers');
  const names = registry === 'docker.io' ? namesOfDockerHub : [registry];
  const isNamed = (key: string): boolean => names.includes(hostOf(key));
  const helper = Object.entries(helpers).find(([key]) => isNamed(key))?.[1] ?? config['credsStore'];
  const entry = Object.entries(objectAt(config, 'auths')).find(([key]) => isNamed(key))?.[1];
  const credentials = entry === undefined ? undefined : readEntry(entry, registry, path);
  return {
    ...(credentials === undefined ? {} : { credentials }),
    ...(typeof helper === 'string' && helper !== '' ? { helper } : {}),
  };
}

/** Keys are hosts, or URLs as docker wrote them once; one with a path of its own is for a part of a registry only. */
function hostOf(key: string): string {
  const plain = key.replace(/^https?:\/\//u, '');
  return plain.replace(/\/(?:v[12]\/?)?$/u, '');
}

function readEntry(entry: unknown, registry: string, path: string): Credentials | undefined {
  const members = isObject(entry) ? entry : {};
  const { auth, username, password } = members;
  if (typeof username === 'string' && typeof password === 'string') {
    return { user: username, password };
  }
  if (typeof auth === 'string' && auth !== '') {
    const plain = Buffer.from(auth, 'base64').toString('utf8');
    const colon = plain.indexOf(':');
    if (colon > 0) {
      return { user: plain.slice(0, colon), password: plain.slice(colon + 1).replace(/\0+$/u, '') };
    }
  }
  // Docker leaves an empty entry where a helper keeps the credentials.
  if (Object.keys(members).length === 0) return undefined;
  throw unusable(path, `has neither user and password nor auth for ${registry}`);
}

async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { uid, mode } = await file.stat();
      const isPrivate = (mode & 0o077) === 0 && (uid === 0 || uid === process.geteuid?.());
      if (isPrivate) return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw unusable(path, 'cannot be read', cause);
  }
  throw unusable(path, 'must belong to root and be open to nobody else: chown root, chmod 0600');
}

function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // What is wrong in it is not told: a message could quote a secret.
  }
  throw unusable(path, 'is not a JSON object');
}

function objectAt(
  config: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const member = config[name];
  return isObject(member) ? member : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(path: string, problem: string, cause?: unknown): KubeosError {
  return new KubeosError('CREDENTIALS_UNUSABLE', `${path} ${problem}`, { cause });
}
