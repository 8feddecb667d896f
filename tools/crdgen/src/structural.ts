import * as z from 'zod/mini';

/** A rule in the Common Expression Language. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/** A structural schema as a CRD takes it: JSON Schema with some members left out and some added. */
export interface StructuralSchema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly items?: StructuralSchema;
  readonly anyOf?: readonly StructuralSchema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly [other: string]: unknown;
}

/** Renders a wire schema of core as a structural schema. */
export function structuralSchema(wire: z.ZodMiniType): StructuralSchema {
  const { $schema: _, ...json } = z.toJSONSchema(wire, {
    target: 'openapi-3.0',
    // What is written, not what is read: a field with a default may be left out.
    io: 'input',
    reused: 'inline',
  });
  return structural(json as StructuralSchema);
}

function structural(schema: StructuralSchema): StructuralSchema {
  const { anyOf: _, properties, items, ...rest } = schema;
  return {
    ...withPlainIntegers(rest),
    // The API server allows two bare types here; the bounds of both stand beside them.
    ...(rest['x-kubernetes-int-or-string'] === true
      ? { anyOf: [{ type: 'integer' }, { type: 'string' }] }
      : {}),
    ...(items === undefined ? {} : { items: structural(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, value]) => [name, structural(value)]),
          ),
        }),
  };
}

/** Bounds that say no more than that JavaScript counts exactly are left out. */
function withPlainIntegers(schema: StructuralSchema): StructuralSchema {
  if (schema.type !== 'integer') return schema;
  const { minimum, maximum, ...rest } = schema;
  return {
    ...rest,
    format: 'int64',
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}
