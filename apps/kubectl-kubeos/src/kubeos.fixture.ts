/** The plugin run in this process, on a little API server in memory. */
import { aNode, anInstance, anOs, MemoryCluster, type Stored } from './cluster.fixture.ts';
import { run, type RunDeps } from './run.ts';

const wallMs = Date.parse('2026-01-01T01:00:00Z');

/** What it said. */
export interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command. */
export async function kubeos(
  cluster: MemoryCluster,
  argv: readonly string[],
  changes: Partial<RunDeps> & { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  let out = '';
  let err = '';
  const { env = {}, ...deps } = changes;
  const status = await run(argv, env, {
    version: '1.2.3',
    print: (text) => (out += text),
    complain: (text) => (err += text),
    readInput: async () => '',
    terminalRows: undefined,
    wallMs: () => wallMs,
    stop: new AbortController().signal,
    connect: ({ namespace = 'default' }) => ({ api: cluster.api, namespace }),
    ...deps,
  });
  return { status, out, err };
}

/** Two workers, one of them held, and a node of the control plane. */
export const fleet: readonly Stored[] = [
  aNode('a'),
  anInstance('a'),
  aNode('b', { annotations: { 'upgrade.openeuler.org/hold': 'mine' } }),
  anInstance('b'),
  aNode('m', { labels: { 'node-role.kubernetes.io/control-plane': '' } }),
];
/** Them, and an `OS` unless other objects are given. */
export const cluster = (...more: readonly Stored[]): MemoryCluster =>
  new MemoryCluster([...fleet, ...(more.length > 0 ? more : [anOs('web')])]);
