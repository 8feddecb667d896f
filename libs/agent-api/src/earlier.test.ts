/** What the API promises to peers of another version: it only grows. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs';

const folder = resolve(import.meta.dirname, '../../../proto');

/** Every field, value and call by its full name, with what may never change about it. */
function contractOf(file: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(folder, file), 'utf8');
  const contract = new Map<string, string>();
  const visit = (part: protobuf.ReflectionObject): void => {
    if (part instanceof protobuf.Enum) {
      for (const [name, number] of Object.entries(part.values)) {
        contract.set(`${part.fullName}.${name}`, String(number));
      }
    }
    if (part instanceof protobuf.Type) {
      for (const field of part.fieldsArray) contract.set(field.fullName, fieldText(field));
    }
    if (part instanceof protobuf.Service) {
      for (const { fullName, requestType, responseType, responseStream } of part.methodsArray) {
        const stream = responseStream === true ? 'stream ' : '';
        contract.set(fullName, `${requestType} -> ${stream}${responseType}`);
      }
    }
    if (part instanceof protobuf.Namespace) part.nestedArray.forEach(visit);
  };
  visit(protobuf.parse(text, { keepCase: true }).root);
  return contract;
}

function fieldText(field: protobuf.Field): string {
  const key = field instanceof protobuf.MapField ? `map of ${field.keyType} to ` : '';
  return `${String(field.id)} ${field.repeated ? 'list of ' : ''}${key}${field.type}`;
}

const present = contractOf('kubeos/agent/v1/agent.proto');

describe.each(globSync('earlier/*.proto', { cwd: folder }))('%s', (file) => {
  it('is a part of the API of today, number by number', () => {
    const earlier = [...contractOf(file)];
    expect(earlier.length).toBeGreaterThan(100);
    expect(earlier.filter(([name, text]) => present.get(name) !== text)).toEqual([]);
  });
});
