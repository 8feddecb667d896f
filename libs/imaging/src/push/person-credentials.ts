import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { readTextIfThere } from '@kubeos/host';
import { findLogin, type Credentials } from '@kubeos/transfer';
import type { BuildContext } from '../build-context.ts';

/** Docker keeps what belongs to docker.io under the name of a server of before. */
const dockerHubServer = 'https://index.docker.io/v1/';
/** What helpers say, with an exit code of failure, of a registry that they do not know. */
const nothingKept = /credentials not found|no credentials/iu;

/**
 * The credentials that docker keeps for a registry: in its `config.json`, or with the helper that it names there
 * (https://docs.docker.com/reference/cli/docker/login/#credential-stores). Throws `CREDENTIALS_UNUSABLE`,
 * `COMMAND_FAILED`.
 *
 * @param configDir folder of `config.json`
 */
export async function readPersonCredentials(
  configDir: string,
  registry: string,
  context: BuildContext,
): Promise<Credentials | undefined> {
  const path = join(configDir, 'config.json');
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const { credentials, helper } = findLogin(text, registry, path);
  if (helper === undefined) return credentials;
  return (await askHelper(helper, registry, context)) ?? credentials;
}

async function askHelper(
  helper: string,
  registry: string,
  { exec, signal }: BuildContext,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/u.test(helper)) {
    throw new KubeosError('CREDENTIALS_UNUSABLE', 'The name of the credential helper is none');
  }
  const program = `docker-credential-${helper}`;
  const input = registry === 'docker.io' ? dockerHubServer : registry;
  const options = { input, signal, okExitCodes: [0, 1] };
  const { stdout, exitCode } = await exec(program, ['get'], options);
  if (exitCode === 1) {
    if (nothingKept.test(stdout)) return undefined;
    throw new KubeosError('CREDENTIALS_UNUSABLE', `${program} has failed for ${registry}`);
  }
  return readAnswer(stdout, program);
}

function readAnswer(answer: string, program: string): Credentials {
  try {
    const parsed = JSON.parse(answer) as Readonly<Record<string, unknown>> | null;
    const { Username: user, Secret: password } = parsed ?? {};
    // The user name of an identity token; it is no password.
    if (typeof user === 'string' && typeof password === 'string' && user !== '<token>') {
      return { user, password };
    }
  } catch {
    // The answer is a secret: nothing of it is told.
  }
  throw new KubeosError('CREDENTIALS_UNUSABLE', `${program} gave no user with a password`);
}
