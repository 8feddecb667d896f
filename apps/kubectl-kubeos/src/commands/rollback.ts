/** `rollback`: an OS object back to the version in the other slots. */
import { KubeosError, parseOs, type Os } from '@kubeos/core';
import { rollbackOf, type RollbackAnswer } from '@kubeos/core/explain';
import { appliersOf, osPath } from '@kubeos/kube';
import { observe, type Answer, type CommandContext } from '../context.ts';
import { onlyName } from '../names.ts';
import { changeAll, type WantedChange } from './change.ts';

/** Runs `rollback`. */
export async function rollback(context: CommandContext): Promise<Answer> {
  const word = onlyName(context, 'OS');
  if (word.startsWith('node/')) {
    throw new KubeosError(
      'UNSUPPORTED',
      'A single node is rolled back at its console: os-agent rollback (docs/runbooks/console.md)',
    );
  }
  const name = word.replace(/^os\//u, '');
  return changeAll(context, [
    {
      title: `os/${name}`,
      path: osPath(context.namespace, name),
      decide: (object) => changeOf(context, object),
    },
  ]);
}

async function changeOf(context: CommandContext, object: unknown): Promise<WantedChange> {
  const os = parseOs(object);
  const observed = await observe(context);
  const answer = rollbackOf(observed, os, context.options.toVersion);
  refuse(os, answer, context.options.partial);
  const { version, able, there } = answer;
  if (os.spec?.type === 'rollback' && os.spec.version === version) {
    return { done: `rolls back to ${version} already` };
  }
  return {
    merge: { spec: { opstype: 'rollback', osversion: version } },
    done: `rolls back to ${version}`,
    details: [
      `spec.opstype: ${os.spec?.type ?? '-'} -> rollback`,
      `spec.osversion: ${os.spec?.version ?? '-'} -> ${version}`,
      `nodes that go back: ${listOf(able)}`,
      ...(there.length === 0 ? [] : [`nodes that run it already: ${listOf(there)}`]),
    ],
    notes: notesOf(os, object, answer),
  };
}

/** What the operator would refuse is not written. */
function refuse({ namespace, name }: Os, answer: RollbackAnswer, isPartial: boolean): void {
  const { able, there, unable, version } = answer;
  const [first] = unable;
  if (first === undefined && able.length + there.length > 0) return;
  if (first === undefined) {
    throw new KubeosError('ROLLBACK_IMPOSSIBLE', `OS ${namespace}/${name} selects no node`);
  }
  const why = `${first.message} (docs/runbooks/rollback-impossible.md)`;
  if (able.length === 0 && there.length === 0) {
    throw new KubeosError('ROLLBACK_IMPOSSIBLE', `No node can go back to ${version}: ${why}`);
  }
  if (isPartial) return;
  throw new KubeosError(
    'ROLLBACK_IMPOSSIBLE',
    `${String(unable.length)} node(s) cannot go back to ${version}, ${first.node} first: ${why}; --partial leaves them out`,
  );
}

function notesOf(os: Os, object: unknown, { unable }: RollbackAnswer): readonly string[] {
  const appliers = new Set(
    ['f:opstype', 'f:osversion'].flatMap((field) => appliersOf(object, ['f:spec', field])),
  );
  return [
    ...unable.map(({ node, message }) => `${node} stays as it is: ${message}`),
    ...[...appliers].map(
      (manager) => `${manager} declares what ${os.name} wants and may set it back`,
    ),
    ...(os.spec?.paused === true ? [`os/${os.name} is paused; resume starts it`] : []),
  ];
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  const more = names.length > 10 ? `, ... (${String(names.length)})` : '';
  return names.length === 0 ? 'none' : `${shown}${more}`;
}
