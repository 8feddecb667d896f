/** What a cluster tells people: conditions, events, and the words of the plugin. */
import { adviceFor, type Condition } from '@kubeos/core';
import {
  createApiClient,
  createClock,
  createStore,
  loadKubeConfig,
  type ApiClient,
  type Store,
} from '@kubeos/kube';
import { silentLog } from '@kubeos/testing';
import type { Plugin } from './plugin.fixture.ts';
import type { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

interface SceneEvent {
  readonly resourceVersion: string;
  readonly about: string;
  readonly reason: string;
}

interface RawEvent {
  readonly metadata: { readonly resourceVersion: string };
  readonly reason?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
}

/** Whom a cause is told of: an object, and the node that it holds up where it is one. */
export interface Cause {
  readonly os: string;
  readonly node?: string;
}

/** Seconds in which everything has to be told once one of the three tells it, and those that a busy machine takes. */
const withinSeconds = 10 + 20;

/** Looks at all three. */
export class Told {
  readonly #scene: Scene;
  readonly #plugin: Plugin;
  readonly #api: ApiClient;
  readonly #events: Store<SceneEvent>;
  readonly #end = new AbortController();
  readonly #following: Promise<void>;

  constructor(scene: Scene, plugin: Plugin) {
    this.#scene = scene;
    this.#plugin = plugin;
    this.#api = createApiClient(loadKubeConfig(scene.plane.kubeconfig));
    this.#events = createStore({
      api: this.#api,
      clock: createClock(),
      log: silentLog,
      path: '/apis/events.k8s.io/v1/events',
      pageSize: 250,
      parse: (raw) => parseEvent(raw as RawEvent),
      keyOf: ({ uid }) => uid,
    });
    this.#following = this.#events.run(this.#end.signal);
  }

  /** Ends what follows the events. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#following;
    this.#api.close();
  }

  /**
   * Waits until a condition has the reason, then, not for long, until an event has it too, and compares what the plugin
   * says.
   *
   * @returns what `explain` says.
   */
  async expect(reason: string, cause: Cause): Promise<string> {
    const instead = (): unknown => this.#seen(cause);
    await until(
      `a condition ${reason} of ${cause.os}`,
      () => this.#conditions(cause).some((condition) => condition.reason === reason),
      { instead },
    );
    await until(`an event ${reason} of ${cause.os}`, () => this.#reasons(cause).includes(reason), {
      seconds: withinSeconds,
      instead,
    });
    return this.#explained(reason, cause);
  }

  async #explained(reason: string, { os, node }: Cause): Promise<string> {
    const subject = node === undefined ? `os/${os}` : `node/${node}`;
    const { stdout, stderr } = await this.#plugin.kubeos('explain', subject);
    const { unblocks, runbook } = adviceFor(reason);
    const lines = [
      new RegExp(`^Reason: +${reason}$`, 'mu'),
      new RegExp(`^What ends it: +${unblocks.slice(0, 30).replaceAll(/[.()]/gu, '.')}`, 'mu'),
      new RegExp(`^Runbook: +docs/runbooks/${runbook ?? ''}.md$`, 'mu'),
    ];
    const missing = lines.filter((line) => !line.test(stdout));
    if (missing.length === 0) return stdout;
    throw new Error(`explain ${subject} lacks ${missing.join(', ')}:\n${stdout}${stderr}`);
  }

  #conditions({ os, node }: Cause): readonly Condition[] {
    const ofNode = node === undefined ? [] : this.#scene.instance(node)?.status.conditions;
    return [...(this.#scene.os(os)?.status.conditions ?? []), ...(ofNode ?? [])];
  }

  #reasons({ os, node }: Cause): readonly string[] {
    const about = [`OS/${os}`, `OSInstance/${node ?? ''}`, `Node/${node ?? ''}`];
    const events = [...this.#events.items()].filter((event) => about.includes(event.about));
    return events.map(({ reason }) => reason);
  }

  #seen(cause: Cause): object {
    const conditions = this.#conditions(cause).map(({ type, reason }) => `${type}/${reason}`);
    return { conditions, events: this.#reasons(cause), status: this.#scene.os(cause.os)?.status };
  }
}

function parseEvent({ metadata, reason = '', regarding = {} }: RawEvent): SceneEvent {
  const about = `${regarding.kind ?? ''}/${regarding.name ?? ''}`;
  return { resourceVersion: metadata.resourceVersion, about, reason };
}
