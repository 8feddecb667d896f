import { describe, expect, it } from '@jest/globals';
import { errorCodes, operatorMetrics, proxyMetrics } from '@kubeos/core';
import { recipeReference } from '@kubeos/core/image';
import { parse } from 'yaml';
import { crdFile, crdOf } from './crd.ts';
import { os, osInstance, type Kind } from './kinds.ts';
import { generatedFiles } from './pages.ts';
import { structuralSchema, type StructuralSchema } from './structural.ts';

interface Field {
  readonly path: string;
  readonly schema: StructuralSchema;
}

function* fieldsOf(schema: StructuralSchema, path = ''): Generator<Field> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield { path: `${path}.${name}`, schema: property };
    yield* fieldsOf(property.items ?? property, `${path}.${name}`);
  }
}

const kinds: readonly Kind[] = [os, osInstance];

describe.each(kinds)('the CRD of $kind', (kind) => {
  it('describes every field and says its type', () => {
    for (const { path, schema } of fieldsOf(structuralSchema(kind.wire))) {
      const { description, type } = schema;
      expect({ path, description }).toEqual({ path, description: expect.any(String) });
      const isOpen =
        schema['x-kubernetes-int-or-string'] === true ||
        schema['x-kubernetes-preserve-unknown-fields'] === true;
      expect({ path, type }).toEqual({ path, type: isOpen ? undefined : expect.any(String) });
    }
  });

  it('says the same in every version of YAML', () => {
    expect(parse(crdFile(kind), { version: '1.1' })).toEqual(crdOf(kind));
    expect(parse(crdFile(kind), { version: '1.2' })).toEqual(crdOf(kind));
  });

  it('shows columns of fields that there are', () => {
    const paths = [...fieldsOf(structuralSchema(kind.wire))].map(({ path }) => path);
    for (const { jsonPath } of kind.columns) {
      if (jsonPath.startsWith('.metadata')) continue;
      expect(paths).toContain(jsonPath.replace(/\[.*?\]/, ''));
    }
  });
});

describe('the generated files', () => {
  const files = generatedFiles();
  const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? '';

  it('document every field', () => {
    for (const [kind, page] of [
      [os, 'docs/reference/os.md'],
      [osInstance, 'docs/reference/osinstance.md'],
    ] as const) {
      const text = textOf(page);
      for (const { path } of fieldsOf(structuralSchema(kind.wire))) {
        expect(text).toContain(path.split('.').at(-1) ?? '');
      }
    }
  });

  it('document every error code', () => {
    for (const code of Object.keys(errorCodes)) {
      expect(textOf('docs/reference/errors.md')).toContain(`| \`${code}\` |`);
    }
  });

  it('document every metric, so that its help cannot be taken for a value', () => {
    const metrics = [...Object.values(operatorMetrics), ...Object.values(proxyMetrics)];
    for (const { name, help } of metrics) {
      expect(textOf('docs/reference/metrics.md')).toContain(`| \`${name}\` |`);
      // Who looks for "NAME 1" finds the line of help otherwise.
      expect(help).toMatch(/^[A-Z]/u);
    }
  });

  it('document every table and key of a recipe', () => {
    const text = textOf('docs/reference/kbimg-toml.md');
    for (const { name, keys } of recipeReference()) {
      expect(text).toContain(`[${name}]`);
      for (const key of keys) expect(text).toContain(`| \`${key.name}\` |`);
    }
    // A cell that ends where a value says "|" makes a column more.
    for (const row of text.split('\n').filter((line) => line.startsWith('|'))) {
      expect(row.match(/(?<!\\)\|/gu)).toHaveLength(6);
    }
  });

  it('come out the same each time', () => {
    expect(generatedFiles()).toEqual(files);
  });
});
