/** Types of fields: what kubelet takes when it reads its file into the structures of Go. */

/** The type of a field. */
export type FieldType = ScalarType | ListType | MapType | ObjectType;

/** Types of which there is no more to say. */
export interface SimpleType {
  readonly kind: 'boolean' | 'text' | 'number' | 'duration' | 'logFlush' | 'quantity' | 'time';
}

/** The type of a field without parts. */
export type ScalarType =
  | SimpleType
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** A text of which there is one possibility. */
  | { readonly kind: 'constant'; readonly value: string };

/** A list of values of one type. */
export interface ListType {
  readonly kind: 'list';
  readonly of: FieldType;
}

/** A map of any names to values of one type. */
export interface MapType {
  readonly kind: 'map';
  readonly of: FieldType;
}

/** An object of known fields. */
export interface ObjectType {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, FieldType>;
}

const simple = {
  boolean: 'true or false',
  text: 'a text',
  number: 'a number',
  duration: 'a duration such as 10s or 1h30m',
  logFlush: 'a duration such as 5s, or a whole number of nanoseconds',
  quantity: 'a quantity such as 500m or 2Gi, or a number',
  time: 'a time such as 2026-01-31T12:00:00Z',
} as const satisfies Readonly<Record<SimpleType['kind'], string>>;

/** What is expected of a value, as the end of a sentence. */
export function describeType(type: FieldType): string {
  switch (type.kind) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'constant':
      return type.value;
    case 'list':
      return `a list whose items are each ${describeType(type.of)}`;
    case 'map':
      return `a map whose values are each ${describeType(type.of)}`;
    case 'object':
      return `a map of the fields ${[...type.fields.keys()].join(', ')}`;
    default:
      return simple[type.kind];
  }
}
