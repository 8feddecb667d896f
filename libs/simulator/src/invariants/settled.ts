import type { AgentStatus, NodeView, OsInstance, OsSpec } from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';
import { slackMs } from './slack.ts';

/** What a node without an operation runs and has. */
interface State {
  /** Absent while it runs no confirmed slot. */
  readonly version?: string;
  readonly settings: string;
}

/** What a node was, and until when. */
type Ended = State & { readonly endMs: number };

/** What each node has been, as far back as an operator may still believe it. */
export class Settled {
  private readonly server: ApiServer;
  private readonly now: () => number;
  private readonly states = new Map<string, State | undefined>();
  private readonly ended = new Map<string, readonly Ended[]>();

  constructor(server: ApiServer, now: () => number) {
    this.server = server;
    this.now = now;
    server.watch(({ kind, key }) => {
      if (kind !== 'os') this.note(key);
    });
  }

  /** Whether the node is given back with what is wished for, or was so a moment ago. */
  wasSettled(node: string, spec: OsSpec): boolean {
    const present = this.states.get(node);
    if (present !== undefined && isWished(present, spec)) return true;
    const ended = this.ended.get(node) ?? [];
    return ended.some((state) => this.isRecent(state) && isWished(state, spec));
  }

  private note(name: string): void {
    const last = this.states.get(name);
    const state = this.stateOf(this.server.instances.get(name));
    this.states.set(name, state);
    if (last === undefined) return;
    const isSame = last.version === state?.version && last.settings === state?.settings;
    if (isSame) return;
    const ended = (this.ended.get(name) ?? []).filter((one) => this.isRecent(one));
    this.ended.set(name, [...ended, { ...last, endMs: this.now() }]);
  }

  private isRecent({ endMs }: Ended): boolean {
    return this.now() - endMs <= slackMs;
  }

  private stateOf(instance: OsInstance | undefined): State | undefined {
    if (instance === undefined || instance.spec.operation !== undefined) return undefined;
    const agent = freshReport(instance, this.server.nodes.get(instance.name)?.view);
    if (agent?.bootedSlot === undefined) return undefined;
    const settings = instance.status.sysconfigs?.version ?? '';
    const isConfirmed = agent.slots[agent.bootedSlot].state === 'good';
    return { settings, ...(isConfirmed ? { version: agent.version } : {}) };
  }
}

/** The report of this Node and this very boot. */
function freshReport({ status }: OsInstance, view: NodeView | undefined): AgentStatus | undefined {
  const { agent, nodeUid } = status;
  return view?.uid === nodeUid && view?.bootId === agent?.bootId ? agent : undefined;
}

/** Settings are where they are, whichever slot runs. */
function isWished({ version, settings }: State, spec: OsSpec): boolean {
  if (spec.type !== 'config') return version === spec.version;
  const { sysconfigs } = spec;
  const isEmpty = (sysconfigs?.configs ?? []).length === 0;
  return isEmpty || settings === (sysconfigs?.version ?? '');
}
