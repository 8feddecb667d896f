/** Values and stand-ins for the tests of the proxy. */
import type { AgentOperation, AgentStatus, SettingsStatus } from '../api/agent-status.ts';
import { operationId, type Operation } from '../api/operation.ts';
import type { OsInstance, OsInstanceSpec, OsInstanceStatus } from '../api/os-instance.ts';
import { KubeosError } from '../errors/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { OwnInstance, StatusPatch } from '../ports/proxy.ts';

/** Some digest. */
export const digest = `sha256:${'a'.repeat(64)}` as const;

/** An upgrade in phase Prepare. */
export function operation(change: Partial<Operation> = {}): Operation {
  return {
    osUid: 'os-1',
    osNamespace: 'default',
    osName: 'fleet',
    osGeneration: 1,
    nodeUid: 'node-1',
    seq: 7,
    type: 'upgrade',
    phase: 'Prepare',
    target: { version: 'KubeOS 2' },
    payload: {
      imageType: 'disk',
      url: 'https://images/2',
      digest,
      allowInsecure: false,
      mutualTls: false,
    },
    parameters: {
      force: false,
      drainTimeoutSeconds: 900,
      confirmTimeoutSeconds: 600,
      minReadySeconds: 30,
    },
    ...change,
  };
}

/** The status of an idle agent in slot A. */
export function agentStatus(change: Partial<AgentStatus> = {}): AgentStatus {
  return {
    apiVersion: 'v1',
    agentVersion: '1.0.0',
    capabilities: ['disk', 'rollback', 'settings'],
    revision: 1,
    bootId: 'boot-1',
    bootedSlot: 'A',
    bootWhy: 'good',
    version: 'KubeOS 1',
    slots: { A: { state: 'good', version: 'KubeOS 1' }, B: { state: 'empty' } },
    seq: 0,
    held: false,
    warnings: [],
    ...change,
  };
}

/** What an agent tells of settings that are in force. */
export function settingsStatus(change: Partial<SettingsStatus> = {}): SettingsStatus {
  const none = { total: 0, first: [] };
  return { refused: none, drift: none, pendingRestarts: [], rebootPending: false, ...change };
}

/** The agent's record of an operation. */
export function record(of: Operation, change: Partial<AgentOperation> = {}): AgentOperation {
  return {
    id: operationId(of),
    seq: of.seq,
    type: of.type,
    phase: of.phase,
    state: 'Running',
    ...change,
  };
}

/** The object of node `n1`. */
export function instance(
  of: Operation | undefined,
  status: OsInstanceStatus = {},
  resourceVersion = '1',
  sets: Pick<OsInstanceSpec, 'sysconfigs' | 'upgradeconfigs'> = {},
): OsInstance {
  return {
    name: 'n1',
    uid: 'instance-1',
    resourceVersion,
    finalizers: [],
    deleting: false,
    spec: { nodestatus: 'idle', ...sets, ...(of === undefined ? {} : { operation: of }) },
    status,
  };
}

/** An API server with one object and a watch that can lag behind. */
export class FakeInstance implements OwnInstance {
  stored: OsInstance | undefined;
  seen: OsInstance | undefined;
  readonly patches: StatusPatch[] = [];
  /** Writes that were sent, refused ones too. */
  attempts = 0;
  isLagging = false;
  isDown = false;

  constructor(stored?: OsInstance) {
    this.stored = stored;
    this.seen = stored;
  }

  cached(): OsInstance | undefined {
    return this.seen;
  }

  async read(): Promise<OsInstance | undefined> {
    if (this.isDown) throw new KubeosError('API_UNAVAILABLE', 'down');
    return this.stored;
  }

  async writeStatus(from: OsInstance, patch: StatusPatch): Promise<OsInstance> {
    this.attempts += 1;
    if (this.isDown) throw new KubeosError('API_UNAVAILABLE', 'down');
    if (from.resourceVersion !== this.stored?.resourceVersion) {
      throw new KubeosError('CONFLICT', 'the object has changed');
    }
    this.patches.push(patch);
    const merged = Object.entries({ ...this.stored.status, ...patch });
    const status: OsInstanceStatus = Object.fromEntries(
      merged.filter(([, value]) => value !== null),
    );
    return this.put({ ...this.stored, status });
  }

  /** The operator's write. */
  ask(next: Operation | undefined): void {
    if (this.stored !== undefined) this.put({ ...this.stored, spec: instance(next).spec });
  }

  put(object: OsInstance): OsInstance {
    const version = Number(this.stored?.resourceVersion ?? 0) + 1;
    this.stored = { ...object, resourceVersion: String(version) };
    if (!this.isLagging) this.seen = this.stored;
    return this.stored;
  }

  catchUp(): void {
    this.seen = this.stored;
  }
}

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  now(): { readonly wallMs: number; readonly monotonicMs: number } {
    return { wallMs: 1_700_000_000_000 + this.#nowMs, monotonicMs: this.#nowMs };
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(new Error('aborted'));
      });
    });
  }

  /** Milliseconds until the next sleeper is due. */
  get nextMs(): number | undefined {
    const times = [...this.#sleepers].map(({ atMs }) => atMs - this.#nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async advance(milliseconds: number): Promise<void> {
    this.#nowMs += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
