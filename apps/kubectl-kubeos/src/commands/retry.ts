/** `retry`: one more attempt for nodes that failed. */
import { KubeosError, retryAnnotation } from '@kubeos/core';
import { nodeCases, retryFor } from '@kubeos/core/explain';
import { nodePath, parseNode } from '@kubeos/kube';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { nodeName, someNames } from '../names.ts';
import { changeAll, type WantedChange } from './change.ts';
import { refuseControlPlane } from './node-changes.ts';

/** Runs `retry`. */
export function retry(context: CommandContext): Promise<Answer> {
  const names = someNames(context, 'NODE').map(nodeName);
  return changeAll(
    context,
    names.map((name) => ({
      title: `node/${name}`,
      path: nodePath(name),
      decide: (object) => changeOf(context, object),
    })),
  );
}

async function changeOf(context: CommandContext, object: unknown): Promise<WantedChange> {
  const node = parseNode(object);
  refuseControlPlane(node);
  const observed = await observe(context);
  const known = nodeCases({ ...observed, nodes: [...others(observed.nodes, node.name), node] });
  const mine = known.find((one) => one.node.name === node.name);
  const answer =
    mine === undefined
      ? { kind: 'refused' as const, why: `${node.name} is not there any more` }
      : retryFor(mine);
  switch (answer.kind) {
    case 'refused':
      throw new KubeosError('UNSUPPORTED', `No retry: ${answer.why}`);
    case 'asked':
      return { done: `is to be tried again already: ${answer.value}` };
    case 'ask':
      return {
        merge: { metadata: { annotations: { [retryAnnotation]: answer.value } } },
        done: `is to be tried again: ${answer.version}`,
        details: [
          `metadata.annotations["${retryAnnotation}"]: ${node.annotations[retryAnnotation] ?? '-'} -> ${answer.value}`,
        ],
      };
  }
}

function others<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): readonly T[] {
  return all.filter((one) => one.name !== name);
}
