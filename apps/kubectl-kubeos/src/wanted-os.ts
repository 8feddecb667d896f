/** The OS object that a command is about: of a file, or of the cluster. */
import { readFile } from 'node:fs/promises';
import { apiGroup, apiVersion, hasCode, KubeosError, parseOs, type Os } from '@kubeos/core';
import type { ObservedCluster } from '@kubeos/core/explain';
import { osCollectionOf } from '@kubeos/kube';
import { parseAllDocuments } from 'yaml';
import { wrong } from './command-line.ts';
import type { CommandContext } from './context.ts';
import { namedOs, onlyName } from './names.ts';

/** An object, and what is there in its place now. */
export interface WantedOs {
  readonly os: Os;
  /** Absent when the object is new. */
  readonly current?: Os;
}

/** Reads the object of `--filename`, checked by the API server, or the one that was named. */
export async function wantedOs(
  context: CommandContext,
  observed: ObservedCluster,
): Promise<WantedOs> {
  const { filename } = context.options;
  if (filename === undefined) {
    const os = namedOs(onlyName(context, '--filename or OS'), observed, context.namespace);
    return { os: valid(os), current: os };
  }
  if (context.names.length > 0) throw wrong('--filename and a name do not go together');
  const object = onlyOs(filename, await textOf(context, filename));
  const namespace = namespaceOf(context, object, filename);
  const { name } = object.metadata;
  const current = observed.oses.find((os) => os.namespace === namespace && os.name === name);
  const spec = await checked(context, object, namespace);
  return inPlaceOf(current, { ...object, spec }, namespace, observed.wallMs);
}

interface OsObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: unknown;
}

async function textOf({ readInput }: CommandContext, filename: string): Promise<string> {
  if (filename === '-') return readInput();
  try {
    return await readFile(filename, 'utf8');
  } catch (cause) {
    throw new KubeosError('INVALID_ARGUMENT', `Cannot read ${filename}`, { cause });
  }
}

function onlyOs(filename: string, text: string): OsObject {
  const documents = parseAllDocuments(text);
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) {
    const [first = ''] = broken.message.split('\n');
    throw new KubeosError('INVALID_ARGUMENT', `${filename} is no YAML: ${first}`);
  }
  const objects = documents.map((document) => document.toJS() as unknown).filter(isOs);
  const [object, another] = objects;
  if (object === undefined) {
    throw new KubeosError(
      'INVALID_ARGUMENT',
      `${filename} has no object of kind OS of ${apiGroup}`,
    );
  }
  if (another !== undefined) {
    const names = objects.map(({ metadata }) => metadata.name).join(', ');
    throw new KubeosError('INVALID_ARGUMENT', `${filename} has more than one OS object: ${names}`);
  }
  return object;
}

function isOs(object: unknown): object is OsObject {
  if (typeof object !== 'object' || object === null) return false;
  const { kind, apiVersion: version, metadata } = object as Readonly<Record<string, unknown>>;
  const isOurs = kind === 'OS' && version === `${apiGroup}/${apiVersion}`;
  return isOurs && typeof metadata === 'object' && metadata !== null && 'name' in metadata;
}

function namespaceOf(
  { options, namespace }: CommandContext,
  { metadata }: OsObject,
  filename: string,
): string {
  if (metadata.namespace === undefined || metadata.namespace === namespace) return namespace;
  if (options.namespace === undefined) return metadata.namespace;
  throw wrong(
    `--namespace is ${namespace}, and the object of ${filename} has ${metadata.namespace}`,
  );
}

/** As the API server would store it: with its defaults, and refused by the same rules, admission included. */
async function checked(
  { api, note }: CommandContext,
  { spec }: OsObject,
  namespace: string,
): Promise<unknown> {
  const body = {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'OS',
    metadata: { generateName: 'kubeos-plan-', namespace },
    spec,
  };
  const query = { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'kubectl-kubeos' };
  try {
    const path = osCollectionOf(namespace);
    const stored = await api.request({ method: 'POST', path, query, body });
    return (stored as { readonly spec?: unknown }).spec;
  } catch (error) {
    if (!hasCode(error, 'FORBIDDEN')) throw error;
    note('You may not create OS objects here, so the API server has not checked this one');
    return spec;
  }
}

function inPlaceOf(
  current: Os | undefined,
  { metadata: { name }, spec }: OsObject,
  namespace: string,
  wallMs: number,
): WantedOs {
  const metadata = {
    namespace,
    name,
    uid: current?.uid ?? 'planned',
    resourceVersion: current?.resourceVersion ?? '',
    generation: (current?.generation ?? 0) + 1,
    creationTimestamp: current?.creationTimestamp ?? new Date(wallMs).toISOString(),
  };
  const os = { ...parseOs({ metadata, spec }), status: current?.status ?? {} };
  return current === undefined ? { os: valid(os) } : { os: valid(os), current };
}

function valid(os: Os): Os {
  const [problem] = os.problems;
  if (problem === undefined) return os;
  throw new KubeosError(
    'INVALID_SPEC',
    `OS ${os.namespace}/${os.name} is not valid: ${problem.path}: ${problem.message}`,
  );
}
