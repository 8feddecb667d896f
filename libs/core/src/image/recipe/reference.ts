/** The tables and keys of a recipe as data for its reference. */
import * as z from 'zod/mini';
import { keyNames, recipeTables, tableNames, type TableName } from './tables.ts';

/** A key of a table. */
export interface KeyReference {
  readonly name: string;
  /** `string`, `list of strings`, `boolean`, `integer`, or the words it may be. */
  readonly type: string;
  /** `required`, `optional`, or the default as TOML. */
  readonly presence: string;
  /** What values have to be, beside their type; may be empty. */
  readonly rule: string;
  readonly meaning: string;
  /** True where the value is in no message and no log. */
  readonly isSecret: boolean;
}

/** A table. */
export interface TableReference {
  readonly name: TableName;
  /** Written `[[name]]`, as often as wanted. */
  readonly isArray: boolean;
  readonly isRequired: boolean;
  readonly meaning: string;
  readonly keys: readonly KeyReference[];
}

/** JSON Schema as far as it is asked here. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly rule?: string;
  readonly secret?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Everything that a recipe can hold. */
export function recipeReference(): readonly TableReference[] {
  return tableNames.map((name) => {
    const schema = schemaOf(name);
    const { properties = {}, required = [] } = schema.items ?? schema;
    return {
      name,
      isArray: schema.items !== undefined,
      isRequired: name === 'from_repo',
      meaning: schema.description ?? '',
      keys: keyNames(name).map((key) =>
        keyReference(key, properties[key] ?? {}, required.includes(key)),
      ),
    };
  });
}

function schemaOf(name: TableName): Schema {
  // What is written, not what is read: a key with a default may be left out.
  return z.toJSONSchema<z.ZodMiniType>(recipeTables[name], { io: 'input' }) as Schema;
}

function keyReference(name: string, schema: Schema, isRequired: boolean): KeyReference {
  const { default: value, rule = '', description: meaning = '', secret: isSecret = false } = schema;
  const presence = value === undefined ? 'optional' : JSON.stringify(value);
  return {
    name,
    type: typeOf(schema),
    presence: isRequired ? 'required' : presence,
    rule,
    meaning,
    isSecret,
  };
}

function typeOf({ enum: words, items, type = 'string' }: Schema): string {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  return items === undefined ? type : 'list of strings';
}
