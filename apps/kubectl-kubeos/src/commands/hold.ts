/** `hold` and `unhold`: the annotation that keeps a node out. */
import {
  holdAnnotation,
  KubeosError,
  parseOsInstance,
  hasCode,
  type OsInstance,
} from '@kubeos/core';
import { instancePath, parseNode, nodePath } from '@kubeos/kube';
import type { Answer, CommandContext } from '../context.ts';
import { nodeName, someNames } from '../names.ts';
import { changeAll, type WantedChange } from './change.ts';
import { refuseControlPlane } from './node-changes.ts';

/** What the annotation says when no reason was given. */
const noReason = 'kubectl-kubeos';

/** Runs `hold`. */
export function hold(context: CommandContext): Promise<Answer> {
  return changeNodes(context, (object, instance) => holdOf(context, object, instance));
}

/** Runs `unhold`. */
export function unhold(context: CommandContext): Promise<Answer> {
  return changeNodes(context, unholdOf);
}

function changeNodes(
  context: CommandContext,
  decide: (object: unknown, instance: OsInstance | undefined) => WantedChange,
): Promise<Answer> {
  const names = someNames(context, 'NODE').map(nodeName);
  return changeAll(
    context,
    names.map((name) => ({
      title: `node/${name}`,
      path: nodePath(name),
      decide: async (object) => decide(object, await instanceOf(context, name)),
    })),
  );
}

async function instanceOf({ api }: CommandContext, name: string): Promise<OsInstance | undefined> {
  try {
    return parseOsInstance(await api.request({ method: 'GET', path: instancePath(name) }));
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

function holdOf(
  { options }: CommandContext,
  object: unknown,
  instance: OsInstance | undefined,
): WantedChange {
  const node = parseNode(object);
  refuseControlPlane(node);
  const value = options.reason ?? noReason;
  const known = node.annotations[holdAnnotation];
  if (known === value || (known !== undefined && options.reason === undefined)) {
    return { done: `is held already: ${known}` };
  }
  if (known !== undefined && !options.overwrite) {
    throw new KubeosError(
      'CONFLICT',
      `${node.name} is held already, for "${known}"; --overwrite puts your reason in its place`,
    );
  }
  const operation = instance?.spec.operation;
  const goesOn = operation?.admitted === true && operation.phase !== 'Drain';
  return {
    merge: { metadata: { annotations: { [holdAnnotation]: value } } },
    done: 'held',
    details: [`metadata.annotations["${holdAnnotation}"]: ${known ?? '-'} -> ${value}`],
    notes: goesOn
      ? [`${node.name} is at work (${operation.phase}) and goes on; it is held afterwards`]
      : [],
  };
}

function unholdOf(object: unknown, instance: OsInstance | undefined): WantedChange {
  const { name, annotations } = parseNode(object);
  const known = annotations[holdAnnotation];
  const notes =
    instance?.status.agent?.held === true
      ? [`${name} was rolled back at its console too; os-agent release there ends that`]
      : [];
  if (known === undefined) return { done: 'is not held', notes };
  return {
    merge: { metadata: { annotations: { [holdAnnotation]: null } } },
    done: 'released',
    details: [`metadata.annotations["${holdAnnotation}"]: ${known} -> -`],
    notes,
  };
}
