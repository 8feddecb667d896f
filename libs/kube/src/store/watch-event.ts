/** One line of a watch, https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes. */
import { KubeosError } from '@kubeos/core';
import { codeOfStatus } from '../client/translate-error.ts';
import { isJsonObject, objectIn, textIn, type JsonObject } from './object-meta.ts';

/** What a line of a watch tells. */
export type WatchEvent =
  | { readonly kind: 'upsert' | 'delete'; readonly object: JsonObject }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string };

/** Reads a line. Throws what an `ERROR` event stands for, and `API_UNAVAILABLE` for a line that is none. */
export function parseWatchEvent(line: string): WatchEvent {
  const event: unknown = JSON.parse(line);
  const object = objectIn(event, 'object');
  switch (isJsonObject(event) ? event['type'] : undefined) {
    case 'ADDED':
    case 'MODIFIED':
      return { kind: 'upsert', object };
    case 'DELETED':
      return { kind: 'delete', object };
    case 'BOOKMARK':
      return bookmark(object);
    case 'ERROR':
      throw watchError(object);
    default:
      throw new KubeosError('API_UNAVAILABLE', 'The watch sent a line that is no event');
  }
}

function bookmark(object: JsonObject): WatchEvent {
  const resourceVersion = textIn(objectIn(object, 'metadata'), 'resourceVersion');
  if (resourceVersion === undefined) {
    throw new KubeosError('API_UNAVAILABLE', 'The watch sent a bookmark without a version');
  }
  return { kind: 'bookmark', resourceVersion };
}

function watchError(status: JsonObject): KubeosError {
  const code = typeof status['code'] === 'number' ? status['code'] : 500;
  const message = textIn(status, 'message') ?? 'no message';
  return new KubeosError(codeOfStatus(code), `The watch was ended: ${message}`);
}
