import { apiGroup, operatorFieldManager } from '@kubeos/core';
import type { EventRecord } from '@kubeos/core/explain';
import type { ApiClient } from '../client/api-client.ts';
import { readList } from '../cluster/reads.ts';
import { metaOf, objectIn, textIn, type JsonObject } from '../store/object-meta.ts';

/**
 * Reads the events that the operator told, in no order. They are read in their older form, which alone can be asked for by
 * who told them. Throws the codes of the Kubernetes API.
 */
export async function observeEvents(api: ApiClient): Promise<readonly EventRecord[]> {
  const teller = `reportingComponent=${apiGroup}/${operatorFieldManager}`;
  return readList(api, '/api/v1/events', parseEvent, teller);
}

function parseEvent(raw: unknown): EventRecord {
  const { namespace = '' } = metaOf(raw);
  const about = objectIn(raw, 'involvedObject');
  const event = raw as JsonObject;
  const text = (key: string): string => textIn(event, key) ?? '';
  return {
    time: lastTimeOf(event),
    kind: textIn(about, 'kind') ?? '',
    namespace: textIn(about, 'namespace') ?? namespace,
    name: textIn(about, 'name') ?? '',
    type: text('type'),
    reason: text('reason'),
    message: text('message'),
  };
}

/** An event that came again has a series. */
function lastTimeOf(event: JsonObject): string {
  const series = objectIn(event, 'series');
  return textIn(series, 'lastObservedTime') ?? textIn(event, 'eventTime') ?? '';
}
