/**
 * Events, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/. One that is told again
 * becomes a series: the object that is there counts, and no second one is written.
 */
import {
  apiGroup,
  apiVersion,
  hasCode,
  operatorFieldManager,
  type ClusterEvent,
} from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { microTime } from '../lease/lease.ts';
import { objectIn, textIn } from '../store/object-meta.ts';
import { mergePatchType } from './guarded-patch.ts';

/** Writes events. */
export interface EventRecorder {
  /** Writes one, or counts it with the same one of before. */
  emit(event: ClusterEvent): Promise<void>;
}

/** What a recorder is built from. */
export interface EventRecorderOptions {
  readonly api: ApiClient;
  /** Which process reports. */
  readonly identity: string;
  readonly wallMs: () => number;
}

interface Series {
  readonly path: string;
  readonly count: number;
  readonly lastMs: number;
}

/** Bytes; the server refuses a longer note. */
const noteLimit = 1024;
/** A server keeps events for an hour after their last write; a series that is older may be gone. */
const seriesMs = 50 * 60_000;
/** Most series that are remembered; the one that was begun first goes first. */
const seriesLimit = 1000;

/** Builds a recorder. What it remembers is a hint: losing it begins a new series. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { api, wallMs } = options;
  const known = new Map<string, Series>();

  async function count(key: string, { path, count: before }: Series): Promise<void> {
    const nowMs = wallMs();
    const series = { path, count: before + 1, lastMs: nowMs };
    known.set(key, series);
    await api.request({
      method: 'PATCH',
      path,
      contentType: mergePatchType,
      body: { series: { count: series.count, lastObservedTime: microTime(nowMs) } },
    });
  }

  async function begin(key: string, event: ClusterEvent): Promise<void> {
    const nowMs = wallMs();
    // Events about objects without a namespace live in `default`.
    const collection = collectionOf(event.about.namespace ?? 'default');
    const body = bodyOf(event, options.identity, nowMs);
    const made = await api.request({ method: 'POST', path: collection, body });
    const name = textIn(objectIn(made, 'metadata'), 'name');
    if (name === undefined) return;
    known.set(key, { path: `${collection}/${encodeURIComponent(name)}`, count: 1, lastMs: nowMs });
    const [oldest] = known.keys();
    if (known.size > seriesLimit && oldest !== undefined) known.delete(oldest);
  }

  return {
    async emit(event) {
      const key = keyOf(event);
      const series = known.get(key);
      if (series === undefined || wallMs() - series.lastMs > seriesMs) return begin(key, event);
      try {
        await count(key, series);
      } catch (error) {
        // Somebody deleted it.
        if (!hasCode(error, 'NOT_FOUND')) throw error;
        await begin(key, event);
      }
    },
  };
}

/** What two events have in common that are the same one told again. */
function keyOf({ about, type, reason, message }: ClusterEvent): string {
  return JSON.stringify([about.kind, about.uid, type, reason, shortened(message)]);
}

function collectionOf(namespace: string): string {
  return `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

function bodyOf(event: ClusterEvent, identity: string, wallMs: number): object {
  const { about, type, reason, message } = event;
  const isNode = about.kind === 'Node';
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: about.namespace ?? 'default', generateName: 'kubeos-' },
    eventTime: microTime(wallMs),
    reportingController: `${apiGroup}/${operatorFieldManager}`,
    reportingInstance: identity,
    action: reason,
    reason,
    type,
    note: shortened(message),
    regarding: {
      apiVersion: isNode ? 'v1' : `${apiGroup}/${apiVersion}`,
      kind: about.kind,
      name: about.name,
      namespace: about.namespace,
      uid: about.uid,
    },
  };
}

/** A character that is cut in two is left out. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= noteLimit) return text;
  const kept = bytes.subarray(0, noteLimit - 3).toString();
  return `${kept.replace(/\uFFFD$/, '')}...`;
}
