import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { agentApiPage } from './agent-api-page.ts';
import { commandsPage } from './commands-page.ts';
import { conditionsPage } from './conditions-page.ts';
import { crdFile } from './crd.ts';
import { errorsPage } from './errors-page.ts';
import { kindPage } from './kind-page.ts';
import { os, osInstance } from './kinds.ts';
import { lifecyclePage } from './lifecycle-page.ts';
import { metricsPage } from './metrics-page.ts';
import { pluginPage } from './plugin-page.ts';
import { recipePage } from './recipe-page.ts';

/** A file of the repository by its path from the root. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const proto = resolve(import.meta.dirname, '../../../proto/kubeos/agent/v1/agent.proto');

/** Everything that is written from the schemas and tables of core, the agent API and the texts of the programs. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'docs/reference/agent-api.md', text: agentApiPage(readFileSync(proto, 'utf8')) },
    { path: 'docs/reference/commands.md', text: commandsPage() },
    { path: 'charts/kubeos/files/crds/os.yaml', text: crdFile(os) },
    { path: 'charts/kubeos/files/crds/osinstances.yaml', text: crdFile(osInstance) },
    { path: 'docs/reference/os.md', text: kindPage(os) },
    { path: 'docs/reference/osinstance.md', text: kindPage(osInstance) },
    { path: 'docs/reference/conditions.md', text: conditionsPage() },
    { path: 'docs/reference/errors.md', text: errorsPage() },
    { path: 'docs/reference/kbimg-toml.md', text: recipePage() },
    { path: 'docs/reference/kubectl-kubeos.md', text: pluginPage() },
    { path: 'docs/reference/lifecycle.md', text: lifecyclePage() },
    { path: 'docs/reference/metrics.md', text: metricsPage() },
  ];
}
