/** Where a person's programs find the API server: the rules of kubectl. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { KubeConfig } from '@kubernetes/client-node';

/** What a person may choose on the command line; the rest is that of the kubeconfig. */
export interface UserConfigChoice {
  /** Path of the one kubeconfig to read. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loads the file that was chosen, else those that `KUBECONFIG` lists (of what several define the first one counts), else
 * `~/.kube/config`.
 *
 * @throws KubeosError `INVALID_CONFIGURATION` when there is none, when one cannot be read, or when what was chosen is not in it.
 */
export function loadUserKubeConfig(choice: UserConfigChoice, env: Environment): KubeConfig {
  const files = filesOf(choice, env);
  const config = merge(files.map(read));
  return choose(config, choice, files.join(', '));
}

/** The namespace that commands speak of unless told otherwise. */
export function contextNamespace(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
}

function filesOf({ kubeconfig }: UserConfigChoice, env: Environment): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const usual = env['HOME'] === undefined ? [] : [join(env['HOME'], '.kube/config')];
  // Of a list kubectl leaves out what is not there.
  const found = (listed.length > 0 ? listed : usual).filter((file) => existsSync(file));
  if (found.length > 0) return found;
  const places = (listed.length > 0 ? listed : usual).join(', ');
  throw new KubeosError(
    'INVALID_CONFIGURATION',
    `There is no kubeconfig at ${places || '~/.kube/config'}; name one with --kubeconfig or KUBECONFIG`,
  );
}

function read(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (cause) {
    throw new KubeosError('INVALID_CONFIGURATION', `Cannot read the kubeconfig ${file}`, { cause });
  }
  return config;
}

function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  merged.clusters = firstOfName(configs.flatMap(({ clusters }) => clusters));
  merged.users = firstOfName(configs.flatMap(({ users }) => users));
  merged.contexts = firstOfName(configs.flatMap(({ contexts }) => contexts));
  const current = configs.map((config) => config.getCurrentContext()).find((name) => name !== '');
  if (current !== undefined) merged.setCurrentContext(current);
  return merged;
}

function firstOfName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter((one, index) => all.findIndex(({ name }) => name === one.name) === index);
}

function choose(config: KubeConfig, choice: UserConfigChoice, where: string): KubeConfig {
  const { context = config.getCurrentContext(), cluster, user } = choice;
  const known = config.getContextObject(context);
  if (known === null) {
    const names = config.contexts.map(({ name }) => name).join(', ');
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `${where} has no context "${context}"; it has ${names || 'none'}`,
    );
  }
  require(config.clusters, 'cluster', cluster ?? known.cluster, where);
  config.contexts = config.contexts.map((one) =>
    one === known ? { ...one, cluster: cluster ?? one.cluster, user: user ?? one.user } : one,
  );
  if (user !== undefined) require(config.users, 'user', user, where);
  config.setCurrentContext(context);
  return config;
}

function require(
  known: readonly { readonly name: string }[],
  kind: string,
  wanted: string,
  where: string,
): void {
  if (known.some(({ name }) => name === wanted)) return;
  throw new KubeosError('INVALID_CONFIGURATION', `${where} has no ${kind} "${wanted}"`);
}
