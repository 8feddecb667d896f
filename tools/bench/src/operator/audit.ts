import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { tokenKubeconfig } from '@kubeos/control-plane';
import { readTextIfThere } from '@kubeos/host';

/** What the API server noted about writing requests. */
export interface Audit {
  /** Arguments of the API server. */
  readonly flags: readonly string[];
  /** Writes of a user since the last call, by verb and resource. */
  readonly writesOf: (user: string) => Promise<ReadonlyMap<string, number>>;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
}

// https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', users: ['admin', 'system:apiserver'] },
    { level: 'Metadata' },
  ],
};

/** Has the API server note who writes what. */
export async function createAudit(folder: string): Promise<Audit> {
  const policyFile = join(folder, 'audit-policy.json');
  const log = join(folder, 'audit.log');
  await writeFile(policyFile, JSON.stringify(policy));
  let seen = 0;
  return {
    flags: [
      `--audit-policy-file=${policyFile}`,
      `--audit-log-path=${log}`,
      '--audit-log-maxsize=0',
    ],
    writesOf: async (user) => {
      const text = (await readTextIfThere(log)) ?? '';
      const lines = text.slice(seen, text.lastIndexOf('\n') + 1);
      seen += lines.length;
      const counts = new Map<string, number>();
      for (const line of lines.split('\n').filter(Boolean)) {
        const event = JSON.parse(line) as AuditEvent;
        if (event.user.username !== user) continue;
        const { resource = '', subresource } = event.objectRef ?? {};
        const what = `${event.verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }
      return counts;
    },
  };
}

/** Gives a service account every right, and writes a kubeconfig for it. */
export async function writeKubeconfig(
  plane: { run(args: readonly string[]): Promise<string>; server: string; caFile: string },
  account: string,
  path: string,
): Promise<void> {
  const namespace = 'default';
  await plane.run(['create', 'serviceaccount', account, `--namespace=${namespace}`]);
  const bound = ['--clusterrole=cluster-admin', `--serviceaccount=${namespace}:${account}`];
  await plane.run(['create', 'clusterrolebinding', account, ...bound]);
  const token = await plane.run([
    'create',
    'token',
    account,
    `--namespace=${namespace}`,
    '--duration=4h',
  ]);
  const config = tokenKubeconfig({ ...plane, token: token.trim() });
  await writeFile(path, config, { mode: 0o600 });
}
