/** The reference page of a kind: every field, its type, its default and its meaning. */
import { apiGroup, apiVersion } from '@kubeos/core';
import { cell, generated, table } from './markdown.ts';
import type { Kind } from './kinds.ts';
import { structuralSchema, type StructuralSchema } from './structural.ts';

interface Row {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly required: boolean;
}

/** Renders the page. */
export function kindPage(kind: Kind): string {
  const { description = '', properties = {} } = structuralSchema(kind.wire);
  const sections = Object.entries(properties).map(([name, schema]) => section(name, schema));
  return [
    generated(),
    `# ${kind.kind}\n\n${description}\n`,
    `\`apiVersion: ${apiGroup}/${apiVersion}\`, namespaced, \`kubectl get ${kind.shortNames?.[0] ?? kind.plural}\`.\n`,
    ...sections,
  ].join('\n');
}

function section(name: string, schema: StructuralSchema): string {
  const rows = [...rowsOf(name, schema)];
  const rules = [{ path: name, schema, required: false }, ...rows].flatMap(rulesOf);
  return [
    `## ${name}\n\n${schema.description ?? ''}\n`,
    table(
      ['Field', 'Type', 'Default', 'Meaning'],
      rows.map((row) => [
        `\`${row.path}\``,
        typeOf(row.schema),
        row.required ? 'required' : defaultOf(row.schema),
        cell(row.schema.description ?? ''),
      ]),
    ),
    ...(rules.length === 0
      ? []
      : [
          'Rules that the API server checks:\n',
          `${rules.map((rule) => `- ${rule}`).join('\n')}\n`,
        ]),
  ].join('\n');
}

function* rowsOf(prefix: string, schema: StructuralSchema): Generator<Row> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isList = property.items !== undefined;
    const path = `${prefix}.${name}${isList ? '[]' : ''}`;
    yield { path, schema: property, required: schema.required?.includes(name) ?? false };
    yield* rowsOf(path, property.items ?? property);
  }
}

function rulesOf({ path, schema }: Row): readonly string[] {
  return (schema['x-kubernetes-validations'] ?? []).map(
    ({ message, fieldPath = '' }) => `\`${path}${fieldPath}\`: ${message}`,
  );
}

function typeOf(schema: StructuralSchema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or percentage';
  if (schema.enum !== undefined) {
    return schema.enum.map((word) => `\`${JSON.stringify(word)}\``).join(', ');
  }
  if (schema.items !== undefined) {
    return schema.items.enum === undefined
      ? `list of ${schema.items.type ?? 'any'}`
      : `list of ${typeOf(schema.items)}`;
  }
  const bounds = [
    schema.minimum === undefined ? '' : ` from ${String(schema.minimum)}`,
    schema.maximum === undefined ? '' : ` to ${String(schema.maximum)}`,
  ].join('');
  const name = schema.format === 'date-time' ? 'time' : (schema.type ?? 'any');
  return `${name}${bounds}`;
}

function defaultOf(schema: StructuralSchema): string {
  return schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
}
