/** Reads the value of a request as one of the type of its field. */
import {
  describeType,
  type FieldType,
  type ListType,
  type MapType,
  type ObjectType,
  type ScalarType,
} from './field-type.ts';
import { nothing, numberValue, type YamlValue } from './value.ts';

/** A value in terms of YAML, or what is wrong with it. */
export type ReadValue =
  | { readonly kind: 'ok'; readonly value: YamlValue }
  /** A sentence for people that quotes no value. */
  | { readonly kind: 'problem'; readonly reason: string };

// time.ParseDuration of Go.
const duration = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
// resource.ParseQuantity of apimachinery.
const quantity = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/;
// RFC 3339, by which metav1.Time is read.
const date = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const clock = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Reads the value of a field; `at` names its place in reasons. */
export function readValue(type: FieldType, value: unknown, at: string): ReadValue {
  if (value === null && takesNull(type)) return { kind: 'ok', value: nothing };
  return readItem(type, value, at);
}

/**
 * For Go, null is a field that is not there. Durations are the exception: they read it themselves, as an empty text,
 * which is no duration, and kubelet does not start.
 */
function takesNull({ kind }: FieldType): boolean {
  return kind !== 'duration' && kind !== 'constant';
}

/** Reads an item of a list or map, which may not be null: for Go, it would be there and zero or empty. */
export function readItem(type: FieldType, value: unknown, at: string): ReadValue {
  switch (type.kind) {
    case 'list':
      return Array.isArray(value) ? readList(type, value, at) : wrong(type, at);
    case 'map':
    case 'object':
      return isMembers(value) ? readMembers(type, value, at) : wrong(type, at);
    default: {
      const scalar = readScalar(type, value);
      return scalar === undefined ? wrong(type, at) : { kind: 'ok', value: scalar };
    }
  }
}

function readList({ of }: ListType, values: readonly unknown[], at: string): ReadValue {
  const items: YamlValue[] = [];
  for (const [index, value] of values.entries()) {
    const read = readItem(of, value, `${at}[${index}]`);
    if (read.kind === 'problem') return read;
    items.push(read.value);
  }
  return { kind: 'ok', value: { kind: 'list', items } };
}

function readMembers(type: MapType | ObjectType, members: object, at: string): ReadValue {
  const entries = new Map<string, YamlValue>();
  for (const [name, value] of Object.entries(members)) {
    const read =
      type.kind === 'map' ? readItem(type.of, value, `${at}.*`) : readField(type, name, value, at);
    if (read.kind === 'problem') return read;
    if (!name.isWellFormed()) return problem(`${at} has a key that is not valid Unicode`);
    entries.set(name, read.value);
  }
  return { kind: 'ok', value: { kind: 'map', entries } };
}

/** The name of an unknown field is part of the value, which is not quoted. */
function readField({ fields }: ObjectType, name: string, value: unknown, at: string): ReadValue {
  const type = fields.get(name);
  return type === undefined
    ? problem(noSuchField({ fields }, at))
    : readValue(type, value, `${at}.${name}`);
}

/** What is said of a field that an object does not have. */
export function noSuchField({ fields }: Pick<ObjectType, 'fields'>, at: string): string {
  return `${at} has the fields ${[...fields.keys()].join(', ')}, and no other`;
}

function readScalar(type: ScalarType, value: unknown): YamlValue | undefined {
  switch (typeof value) {
    case 'boolean':
      return type.kind === 'boolean' ? { kind: 'boolean', value } : undefined;
    case 'number':
      return takesNumber(type, value) ? numberValue(value) : undefined;
    case 'string':
      return value.isWellFormed() && takesText(type, value) ? { kind: 'string', value } : undefined;
    default:
      return undefined;
  }
}

function takesNumber(type: ScalarType, value: number): boolean {
  switch (type.kind) {
    case 'number':
    case 'quantity':
      return Number.isFinite(value);
    case 'integer':
      return Number.isInteger(value) && value >= type.min && value <= type.max;
    case 'logFlush':
      return Number.isSafeInteger(value);
    default:
      return false;
  }
}

function takesText(type: ScalarType, text: string): boolean {
  switch (type.kind) {
    case 'text':
      return true;
    case 'duration':
    case 'logFlush':
      return duration.test(text);
    case 'quantity':
      return quantity.test(text);
    case 'time':
      return isTime(text);
    case 'constant':
      return text === type.value;
    default:
      return false;
  }
}

function isTime(text: string): boolean {
  const middle = text.indexOf('T');
  return date.test(text.slice(0, middle)) && clock.test(text.slice(middle + 1));
}

function isMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(type: FieldType, at: string): ReadValue {
  return problem(`${at} has to be ${describeType(type)}`);
}

function problem(reason: string): ReadValue {
  return { kind: 'problem', reason };
}
