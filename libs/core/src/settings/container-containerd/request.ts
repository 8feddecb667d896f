/** What may be asked of containerd's configuration. */
import type { Setting } from '../setting.ts';
import { refused, type Wish } from '../wishes.ts';
import { maxDepth, type TomlValue } from './value.ts';

/** The value in terms of TOML, or why it cannot be stored. */
type ReadValue =
  | { readonly kind: 'ok'; readonly value: TomlValue }
  | { readonly kind: 'problem'; readonly reason: string };

/** One setting in terms of containerd's file, for a key of these parts. */
export function readWish({ value, operation }: Setting, parts: readonly string[]): Wish<TomlValue> {
  if (operation === 'delete') return { kind: 'delete', parts };
  const read = readValue(value, parts.length);
  return read.kind === 'ok' ? { kind: 'set', parts, value: read.value } : refused(read.reason);
}

function readValue(value: unknown, depth: number): ReadValue {
  if (depth > maxDepth) return problem('The value is nested too deeply');
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) return problem('A text of the value is not valid Unicode');
      return { kind: 'ok', value: { kind: 'string', value } };
    case 'boolean':
      return { kind: 'ok', value: { kind: 'boolean', value } };
    case 'number':
      return readNumber(value);
    case 'object':
      if (value === null) return nothing;
      return Array.isArray(value) ? readList(value, depth) : readTable(value, depth);
    case 'undefined':
      return nothing;
    default:
      return problem('The value is not JSON');
  }
}

const nothing = problem('TOML has no null: a value is needed, and none of its parts may be null');

/** B-21: above 2^53 a number has lost digits already, so whatever was written would not be what was asked for. */
function readNumber(value: number): ReadValue {
  if (Number.isSafeInteger(value)) {
    return { kind: 'ok', value: { kind: 'integer', value: BigInt(value) } };
  }
  if (Number.isFinite(value) && !Number.isInteger(value)) {
    return { kind: 'ok', value: { kind: 'float', value } };
  }
  const limit = Number.MAX_SAFE_INTEGER;
  return problem(`A number has to be finite and a whole one between -${limit} and ${limit}`);
}

function readList(values: readonly unknown[], depth: number): ReadValue {
  const items: TomlValue[] = [];
  for (const value of values) {
    const read = readValue(value, depth + 1);
    if (read.kind === 'problem') return read;
    items.push(read.value);
  }
  return { kind: 'ok', value: { kind: 'list', items } };
}

function readTable(members: object, depth: number): ReadValue {
  const entries = new Map<string, TomlValue>();
  for (const [name, value] of Object.entries(members)) {
    const read = readValue(value, depth + 1);
    if (read.kind === 'problem') return read;
    if (!name.isWellFormed()) return problem('A key of the value is not valid Unicode');
    entries.set(name, read.value);
  }
  return { kind: 'ok', value: { kind: 'table', entries } };
}

function problem(reason: string): ReadValue {
  return { kind: 'problem', reason };
}
