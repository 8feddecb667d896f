import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { agentApiPage } from './agent-api-page.ts';

const file = resolve(import.meta.dirname, '../../../proto/kubeos/agent/v1/agent.proto');
const proto = readFileSync(file, 'utf8');

describe('the page of the agent API', () => {
  const page = agentApiPage(proto);

  it('has every call, message and enum of the file', () => {
    for (const [, name = ''] of proto.matchAll(/^ *(?:rpc|message|enum) (\w+)/gmu)) {
      expect(page).toContain(`\n### ${name}\n`);
    }
  });

  it('has every field and value with its number', () => {
    for (const [, name = '', number = ''] of proto.matchAll(/^ +.*?(\w+) = (\d+);$/gmu)) {
      expect(page).toContain(`| \`${name}\` | ${number} |`);
    }
  });

  it('links every type to its section', () => {
    const headings = new Set(
      [...page.matchAll(/^### (\w+)$/gmu)].map(([, name = '']) => `#${name.toLowerCase()}`),
    );
    const links = [...page.matchAll(/\]\((#\w+)\)/gu)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !headings.has(link))).toEqual([]);
  });

  it('tells lists, maps, optional fields and alternatives apart', () => {
    expect(page).toContain('| `warnings` | 14 | list of [AgentWarning](#agentwarning) |');
    expect(page).toContain('| `slots` | 9 | map of `string` to [SlotStatus](#slotstatus) |');
    expect(page).toContain('| `url` | 2 | `string`, optional |');
    expect(page).toContain('one of `event`');
  });

  it('keeps the table of statuses as it stands in the file', () => {
    expect(page).toContain('```text\n  INVALID_ARGUMENT (3)');
  });

  it('is not written of an API that leaves something unsaid', () => {
    const silent = `syntax = "proto3";\npackage kubeos.agent.v1;\n// What it is.\nmessage Thing {\n  string id = 1;\n}\n`;
    expect(() => agentApiPage(silent)).toThrow('id of the agent API says nothing');
  });
});
