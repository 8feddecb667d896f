/** The metadata by which a store knows an object before it is parsed. */
import { KubeosError } from '@kubeos/core';

/** What identifies one version of one object. */
export interface ObjectMeta {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** A JSON object of any content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as a JSON object; empty when it is none. */
export function objectIn(value: unknown, key: string): JsonObject {
  const member = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(member) ? member : {};
}

/** The member as a text; `undefined` when it is none. */
export function textIn(value: JsonObject, key: string): string | undefined {
  const member = value[key];
  return typeof member === 'string' ? member : undefined;
}

/** The member as a list; empty when it is none. */
export function listIn(value: JsonObject, key: string): readonly unknown[] {
  const member = value[key];
  return Array.isArray(member) ? member : [];
}

/** The member as texts by name; everything else in it is left out. */
export function textsIn(value: JsonObject, key: string): ReadonlyMap<string, string> {
  const texts = Object.entries(objectIn(value, key));
  return new Map(texts.flatMap(([k, v]) => (typeof v === 'string' ? [[k, v] as const] : [])));
}

/** Reads the metadata. Throws `API_REJECTED` for something that is no object of an API server. */
export function metaOf(raw: unknown): ObjectMeta {
  const meta = objectIn(raw, 'metadata');
  const [name, uid] = [textIn(meta, 'name'), textIn(meta, 'uid')];
  const resourceVersion = textIn(meta, 'resourceVersion');
  if (name === undefined || uid === undefined || resourceVersion === undefined) {
    throw new KubeosError('API_REJECTED', 'The API server sent an object without metadata');
  }
  return { namespace: textIn(meta, 'namespace'), name, uid, resourceVersion };
}

/**
 * True when the first version is not older. Resource versions of one resource compare as numbers,
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.
 */
export function isAtLeast(version: string, least: string): boolean {
  return Number(version) >= Number(least);
}
