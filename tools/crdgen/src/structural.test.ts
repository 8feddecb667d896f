import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { structuralSchema } from './structural.ts';

const anything = z
  .unknown()
  .check(z.meta({ nullable: true, 'x-kubernetes-preserve-unknown-fields': true }));
const count = z
  ._default(z.union([z.int(), z.string().check(z.regex(/^[0-9]+%$/))]), 5)
  .check(z.meta({ 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$' }));

describe('structuralSchema', () => {
  it('leaves a field with a default out of the required ones', () => {
    const schema = structuralSchema(z.object({ a: z._default(z.string(), 'x'), b: z.boolean() }));

    expect(schema).toEqual({
      type: 'object',
      required: ['b'],
      properties: { a: { type: 'string', default: 'x' }, b: { type: 'boolean' } },
    });
  });

  it('keeps the bounds of whole numbers that were asked for, at every depth', () => {
    const bounded = z.int().check(z.gte(0), z.lte(9));
    const schema = structuralSchema(
      z.object({ list: z.array(z.object({ bounded, free: z.int() })) }),
    );

    expect(schema.properties?.['list']?.items?.properties).toEqual({
      bounded: { type: 'integer', format: 'int64', minimum: 0, maximum: 9 },
      free: { type: 'integer', format: 'int64' },
    });
  });

  it('writes a number or text as the API server wants it', () => {
    expect(structuralSchema(count)).toEqual({
      default: 5,
      'x-kubernetes-int-or-string': true,
      pattern: '^[0-9]+%$',
      anyOf: [{ type: 'integer' }, { type: 'string' }],
    });
  });

  it('keeps the marks of a field that may hold anything', () => {
    expect(structuralSchema(anything)).toEqual({
      nullable: true,
      'x-kubernetes-preserve-unknown-fields': true,
    });
  });
});
