import protobuf from 'protobufjs';
import { cell, generated, table } from './markdown.ts';

/** What describes a thing of the API, by its text in the file. */
interface Described {
  readonly name: string;
  readonly comment: string | null;
}

/** The reference page of the agent API: what its .proto file says. Throws where something has no comment. */
export function agentApiPage(proto: string): string {
  const { root } = protobuf.parse(proto, { alternateCommentMode: true, keepCase: true });
  const names = root.lookup('kubeos.agent.v1');
  if (!(names instanceof protobuf.Namespace)) throw new Error('There is no kubeos.agent.v1');
  const parts = names.nestedArray;
  const messages = parts.filter((part) => part instanceof protobuf.Type);
  const enums = parts.filter((part) => part instanceof protobuf.Enum);
  const link = linksTo([...messages, ...enums]);
  return [
    generated(),
    '# Agent API\n\nWhat [agent.proto](../../proto/kubeos/agent/v1/agent.proto) says, in the words of that file. A client with types is\n' +
      '[@kubeos/agent-api](../../libs/agent-api/README.md); the codes of errors are in [Errors](errors.md). Which versions of\n' +
      'operator, proxy and agent work together is in the [support matrix](../guides/versions.md).\n',
    preface(proto),
    '## Calls\n',
    ...parts
      .filter((part) => part instanceof protobuf.Service)
      .flatMap((service) => service.methodsArray.map((method) => callSection(method, link))),
    '## Messages\n',
    ...messages.map((message) => messageSection(message, link)),
    '## Enums\n',
    ...enums.map((words) => enumSection(words)),
  ].join('\n');
}

/** The comment above the package: paragraphs, and what is indented as it stands. */
function preface(proto: string): string {
  const lines = (proto.split('\npackage ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('//'))
    .map((line) => line.replace(/^\/\/ ?/u, ''));
  return lines
    .join('\n')
    .split(/\n{2,}/u)
    .map((part) => (part.startsWith('  ') ? `\`\`\`text\n${part}\n\`\`\`\n` : `${part}\n`))
    .join('\n');
}

type Link = (type: string) => string;

/** A type as code, with a link where the page describes it. */
function linksTo(described: readonly Described[]): Link {
  const known = new Set(described.map(({ name }) => name));
  return (type) => (known.has(type) ? `[${type}](#${type.toLowerCase()})` : `\`${type}\``);
}

function callSection(method: protobuf.Method, link: Link): string {
  const { name, requestType, responseType, responseStream } = method;
  const answers = `${responseStream === true ? 'a stream of ' : ''}${link(responseType)}`;
  return `### ${name}\n\n${link(requestType)}, answered by ${answers}.\n\n${commentOf(method)}\n`;
}

function messageSection(message: protobuf.Type, link: Link): string {
  const head = `### ${message.name}\n\n${commentOf(message)}\n`;
  if (message.fieldsArray.length === 0) return `${head}\nNo fields.\n`;
  const rows = message.fieldsArray.map((field) => [
    `\`${field.name}\``,
    String(field.id),
    typeOf(field, link),
    cell(commentOf(field)),
  ]);
  return `${head}\n${table(['Field', 'Number', 'Type', 'Meaning'], rows)}`;
}

function typeOf(field: protobuf.Field, link: Link): string {
  const type = link(field.type);
  if (field instanceof protobuf.MapField) return `map of \`${field.keyType}\` to ${type}`;
  if (field.repeated) return `list of ${type}`;
  // The parser makes a `oneof` of its own for each optional field.
  const group = field.partOf?.name;
  if (group === undefined) return type;
  return group.startsWith('_') ? `${type}, optional` : `${type}, one of \`${group}\``;
}

function enumSection(words: protobuf.Enum): string {
  const rows = Object.entries(words.values).map(([name, number]) => [
    `\`${name}\``,
    String(number),
    cell(commentOf({ name, comment: words.comments[name] ?? null })),
  ]);
  const head = `### ${words.name}\n\n${commentOf(words)}\n`;
  return `${head}\n${table(['Value', 'Number', 'Meaning'], rows)}`;
}

function commentOf({ name, comment }: Described): string {
  if (comment === null || comment === '') throw new Error(`${name} of the agent API says nothing`);
  return comment;
}
