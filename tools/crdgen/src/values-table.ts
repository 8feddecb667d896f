/** The table of the chart's values, from its schema and its defaults. */
import { parse } from 'yaml';
import { cell, table } from './markdown.ts';

/** The part of a JSON schema that the chart's schema uses. */
interface ValueSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

interface RootSchema extends ValueSchema {
  readonly $defs: Readonly<Record<string, ValueSchema>>;
}

/** A value that can be set. */
export interface ChartValue {
  readonly path: string;
  readonly description: string;
  /** `undefined` where values.yaml does not have it. */
  readonly usual: unknown;
}

/** The values in the order of the schema. An object whose members are not described is one value. */
export function chartValues(valuesYaml: string, schemaJson: string): readonly ChartValue[] {
  const root = JSON.parse(schemaJson) as RootSchema;
  return [...leaves(root, root, parse(valuesYaml) as unknown, '')];
}

function* leaves(
  root: RootSchema,
  schema: ValueSchema,
  usual: unknown,
  path: string,
): Generator<ChartValue> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const member = resolved(root, property);
    const inner = `${path}${path === '' ? '' : '.'}${name}`;
    const value = isRecord(usual) ? usual[name] : undefined;
    const members = Object.values(member.properties ?? {}).map((one) => resolved(root, one));
    const isOpen = members.length === 0 || members.some((one) => one.description === undefined);
    if (isOpen) yield { path: inner, description: member.description ?? '', usual: value };
    else yield* leaves(root, member, value, inner);
  }
}

/** What stands beside a reference wins over what it refers to. */
function resolved(root: RootSchema, schema: ValueSchema): ValueSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : { ...root.$defs[name], ...schema };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The table in Markdown. What Helm sets by itself is left out. */
export function valuesTable(valuesYaml: string, schemaJson: string): string {
  const rows = chartValues(valuesYaml, schemaJson)
    .filter(({ usual }) => usual !== undefined)
    .map(({ path, usual, description }) => [
      `\`${path}\``,
      `\`${cell(JSON.stringify(usual))}\``,
      cell(description),
    ]);
  return table(['Value', 'Default', 'Meaning'], rows);
}

const begin = '<!-- values: written by npm run generate -->\n';
const end = '<!-- end of values -->';

/** The page with this table in the place of the old one. Throws where the page has no place for it. */
export function withTable(page: string, text: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error('The page has no place for values');
  return `${before}${begin}\n${text}\n${end}${after}`;
}
