/** Values of the types of kubelet's fields, for the properties. */
import type { Setting } from '../setting.ts';
import type { FieldType } from './field-type.ts';
import { header, kubeletConfiguration } from './fields.ts';

/** A value of JSON whose maps are real ones, so that `__proto__` is a key like any other. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainMap;
/** A map of JSON. */
export type PlainMap = ReadonlyMap<string, Plain>;

/** True for a map. */
export function isMap(value: Plain | undefined): value is PlainMap {
  return value instanceof Map;
}

/** True for a list. */
export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

/** The value with plain objects, as a request has it. */
function toJson(value: Plain): unknown {
  if (isMap(value)) {
    return Object.fromEntries([...value].map(([name, item]) => [name, toJson(item)]));
  }
  return isList(value) ? value.map(toJson) : value;
}

const freeNames: readonly string[] = [
  ...['memory.available', 'nodefs', 'A', 'b-c', '__proto__', 'constructor', 'on', '010', 'x y'],
  ...["it's", '<<', '#', 'größe'],
];
const texts = [
  ...['', 'a', 'a b', ' a ', 'yes', 'Off', 'y', '10', '010', '1e3', '0x1F', '1_000', '1:30', '.5'],
  ...['~', 'null', '# c', 'a #b', 'a: b', "it's", '"q"', '1Gi', '10s', '10%', '2026-01-31', '<<'],
  ...['/a/b', 'unix:///x.sock', '10.0.0.10', 'größe 😀', 'a\nb', '\t', '\0', '\u2028', '-', '- a'],
  ...[
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    '{',
    '}',
    '[a',
    ',',
    '? a',
    '---',
    '...',
    '\\',
    'a:',
    '|',
  ],
];

/** Chooses; made of a row of numbers, where smaller ones are for what is simpler. */
export interface Chooser {
  /** One of these. */
  readonly pick: <T>(...possibilities: readonly T[]) => T;
  /** Some of these, in any order. */
  readonly some: <T>(possibilities: readonly T[], max: number) => readonly T[];
  /** A text of any kind. */
  readonly text: () => string;
}

/** Chooses by these numbers, over and over; `strings` may come as texts too. */
export function chooseBy(numbers: readonly number[], strings: readonly string[]): Chooser {
  let at = -1;
  const below = (limit: number): number => {
    at = (at + 1) % numbers.length;
    return (numbers[at] ?? 0) % limit;
  };
  const pick: Chooser['pick'] = (...possibilities) => {
    const [picked] = possibilities.slice(below(possibilities.length));
    if (picked === undefined) throw new Error('there is nothing to pick');
    return picked;
  };
  const some: Chooser['some'] = (possibilities, max) => {
    const left = [...possibilities];
    const count = Math.min(below(max + 1), left.length);
    return Array.from({ length: count }, () => left.splice(below(left.length), 1)).flat();
  };
  return { pick, some, text: () => pick(...texts, ...strings) };
}

type Field = readonly [name: string, type: FieldType];

/** Any value of a type; within it there are nulls for `withNulls`. */
function valueOf(type: FieldType, choose: Chooser, withNulls: boolean): Plain {
  switch (type.kind) {
    case 'constant':
      return type.value;
    case 'integer':
      return Math.max(type.min, choose.pick(...integers));
    case 'text':
      return choose.text();
    case 'list':
      return choose.some([0, 1, 2], 3).map(() => valueOf(type.of, choose, withNulls));
    case 'map':
    case 'object':
      return someOf(fieldsOf(type), 3, choose, withNulls);
    default:
      return choose.pick<Plain>(...samples[type.kind]);
  }
}

const integers = [1, 0, 110, -1, 8, 4000, 65_536];
const samples = {
  boolean: [false, true],
  number: [0, 0.5, -1.25, 1e-7, 3, 1e21],
  duration: ['0s', '10s', '1h30m', '-1.5h', '0', '.5m', '5µs'],
  logFlush: ['5s', 0, 5_000_000_000],
  quantity: ['500m', '2Gi', '1e3', '10', 3, 0.5],
  time: ['2026-01-31T12:00:00Z', '2026-12-01T00:00:00.5+01:00'],
} as const;

function fieldsOf(type: FieldType): readonly Field[] {
  if (type.kind === 'object') return [...type.fields];
  return type.kind === 'map' ? freeNames.map((name) => [name, type.of]) : [];
}

function someOf(
  fields: readonly Field[],
  max: number,
  choose: Chooser,
  withNulls: boolean,
): PlainMap {
  const entries = choose.some(fields, max).map(([name, type]): [string, Plain] => {
    const isNull = withNulls && choose.pick(0, 1, 2, 3, 4, 5, 6, 7) === 7;
    return [name, isNull ? null : valueOf(type, choose, withNulls)];
  });
  return new Map(entries);
}

/** Few enough that a request often names what a file has. */
const usual = [
  ...['authentication', 'authorization', 'clusterDNS', 'clusterDomain', 'evictionHard'],
  ...['featureGates', 'logging', 'maxPods', 'memorySwap', 'memoryThrottlingFactor'],
  ...['registerWithTaints', 'reservedMemory', 'staticPodURLHeader', 'syncFrequency'],
];
const usualFields = [...kubeletConfiguration.fields].filter(([name]) => usual.includes(name));
const unknown: Field = ['dockerRoot', { kind: 'map', of: { kind: 'text' } }];

/** What a file may say: two times of three with its kind. */
export function makeConfiguration(choose: Chooser): PlainMap {
  const fields = [...someOf([...usualFields, unknown], 6, choose, true)];
  const own = choose.pick(true, true, false) ? Object.entries(header) : [];
  const at = choose.pick(0, 1, 2);
  return new Map<string, Plain>([...fields.slice(0, at), ...own, ...fields.slice(at)]);
}

/** A setting that kubelet takes. */
export interface Edit extends Setting {
  readonly parts: readonly string[];
  readonly wanted: Plain;
}

/** Any setting of a usual field, or of what is within it. */
export function makeEdit(choose: Chooser): Edit {
  let [name, type] = choose.pick(...usualFields);
  const parts = [name];
  let isItem = false;
  for (let inner = fieldsOf(type); inner.length > 0 && choose.pick(true, true, true, false);) {
    isItem = type.kind === 'map';
    [name, type] = choose.pick(...inner);
    parts.push(name);
    inner = fieldsOf(type);
  }
  const mayBeNull = type.kind !== 'duration' && !isItem;
  const isNull = mayBeNull && choose.pick(0, 1, 2, 3, 4, 5, 6, 7) === 7;
  const wanted = isNull ? null : valueOf(type, choose, false);
  return {
    parts,
    wanted,
    operation: choose.pick('', 'add', 'delete'),
    key: parts.map((part) => `"${part}"`).join('.'),
    value: toJson(wanted),
  };
}
