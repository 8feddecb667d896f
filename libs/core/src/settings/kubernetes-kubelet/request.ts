/** What may be asked of kubelet's configuration. */
import type { Setting } from '../setting.ts';
import { refused, type Wish } from '../wishes.ts';
import { describeType, type FieldType } from './field-type.ts';
import { header, kubeletConfiguration } from './fields.ts';
import { noSuchField, readItem, readValue } from './read-value.ts';
import type { YamlValue } from './value.ts';

/** One setting in terms of kubelet's file, for a key of these parts. */
export function readWish({ value, operation }: Setting, parts: readonly string[]): Wish<YamlValue> {
  if (operation === 'delete') {
    const isHeader = parts.length === 1 && Object.hasOwn(header, parts.join());
    if (isHeader) return refused('kubelet does not start without apiVersion and kind');
    // Of any name: what kubelet does not know, or no longer, may go.
    return { kind: 'delete', parts };
  }
  const place = placeAt(parts);
  if ('reason' in place) return refused(place.reason);
  if (value === undefined) return refused('A value is needed; null has to be written out');
  const readAs = place.isItem ? readItem : readValue;
  const read = readAs(place.type, value, pathText(parts));
  return read.kind === 'ok' ? { kind: 'set', parts, value: read.value } : refused(read.reason);
}

/** Where a key leads to. */
interface Place {
  readonly type: FieldType;
  /** In a map of any names, not a field. */
  readonly isItem: boolean;
}

/** Where a key leads to, or why it leads nowhere. */
function placeAt(parts: readonly string[]): Place | { readonly reason: string } {
  let place: Place = { type: kubeletConfiguration, isItem: false };
  for (const [depth, part] of parts.entries()) {
    const { type } = place;
    const inner = innerType(type, part);
    if (inner === undefined) return { reason: noField(type, parts.slice(0, depth)) };
    place = { type: inner, isItem: type.kind === 'map' };
  }
  return place;
}

function innerType(type: FieldType, name: string): FieldType | undefined {
  if (type.kind === 'object') return type.fields.get(name);
  return type.kind === 'map' ? type.of : undefined;
}

function noField(type: FieldType, outer: readonly string[]): string {
  if (outer.length === 0)
    return 'KubeletConfiguration v1beta1 of Kubernetes 1.36 has no such field';
  const at = pathText(outer);
  if (type.kind === 'object') return noSuchField(type, at);
  if (type.kind === 'list') return inList(at);
  return `${at} has to be ${describeType(type)}; if the key has a part with dots, it has to be quoted`;
}

/** What is said of a key that leads into a list. */
export function inList(at: string): string {
  return `${at} is a list, and what lies in a list has no key`;
}

/** A key as it may stand in a request. */
export function pathText(parts: readonly string[]): string {
  const quoted = parts.map((part) => {
    if (!/[."']/.test(part)) return part;
    return part.includes('"') ? `'${part}'` : `"${part}"`;
  });
  return quoted.join('.');
}
