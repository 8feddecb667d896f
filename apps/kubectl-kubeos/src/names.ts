/** From the words of a person to the object that is meant. */
import { KubeosError, type Os } from '@kubeos/core';
import type { ObservedCluster } from '@kubeos/core/explain';
import { wrong } from './command-line.ts';
import type { CommandContext } from './context.ts';

/** A node or an OS object. */
export type Named =
  { readonly kind: 'node'; readonly name: string } | { readonly kind: 'os'; readonly os: Os };

/** The one word behind a command. */
export function onlyName({ names }: CommandContext, what: string): string {
  const [name, more] = names;
  if (name === undefined) throw wrong(`${what} is missing`);
  if (more !== undefined) throw wrong(`"${more}" is one word too many`);
  return name;
}

/** One word at least. */
export function someNames({ names }: CommandContext, what: string): readonly string[] {
  if (names.length === 0) throw wrong(`${what} is missing`);
  return names;
}

/** `node/NAME`, `os/NAME`, or the name of a node, else of an OS object of the namespace. */
export function named(word: string, observed: ObservedCluster, namespace: string): Named {
  const [, kind, name = word] = /^(node|os)\/(.+)$/u.exec(word) ?? [];
  if (kind !== 'os' && observed.nodes.some((node) => node.name === name)) {
    return { kind: 'node', name };
  }
  if (kind === 'node') throw notFound(`Node ${name}`);
  const os = findOs(observed, namespace, name);
  if (os !== undefined) return { kind: 'os', os };
  throw notFound(
    kind === 'os' ? osText(namespace, name) : `Node ${name} and ${osText(namespace, name)}`,
  );
}

/** The OS object of this name, with or without `os/` before it. */
export function namedOs(word: string, observed: ObservedCluster, namespace: string): Os {
  const name = word.replace(/^os\//u, '');
  const os = findOs(observed, namespace, name);
  if (os === undefined) throw notFound(osText(namespace, name));
  return os;
}

/** The node of this name, with or without `node/` before it. */
export function nodeName(word: string): string {
  return word.replace(/^node\//u, '');
}

function findOs({ oses }: ObservedCluster, namespace: string, name: string): Os | undefined {
  return oses.find((os) => os.namespace === namespace && os.name === name);
}

function osText(namespace: string, name: string): string {
  return `OS ${namespace}/${name}`;
}

/** Something is not there. */
export function notFound(what: string): KubeosError {
  return new KubeosError('NOT_FOUND', `There is no ${what}`);
}
