/** Files in every style that a person may write, for the properties. */
import {
  chooseBy,
  isList,
  isMap,
  makeConfiguration,
  type Chooser,
  type Plain,
  type PlainMap,
} from './values.fixture.ts';

/** A file and what it says. */
export interface KubeletFile {
  readonly text: string;
  readonly values: PlainMap;
}

/** A file of YAML, made of numbers and texts. */
export function makeFile(numbers: readonly number[], strings: readonly string[]): KubeletFile {
  const choose = chooseBy(numbers, strings);
  const values = makeConfiguration(choose);
  return { values, text: fileText(values, choose.pick) };
}

type Pick = Chooser['pick'];

function fileText(values: PlainMap, pick: Pick): string {
  const newline = pick('\n', '\n', '\n', '\r\n');
  const body = pick(false, false, false, true)
    ? flow(values, pick, '')
    : blockLines(values, '', pick).join('\n');
  const start = pick('', '', '# top\n\n', '---\n', '%YAML 1.1\n---\n# c\n');
  const end = pick('\n', '\n', '', '\n# end', '\n\n# end\n', '\n...\n');
  const text = values.size === 0 ? start : start + body + end;
  return pick('', '', '', '\uFEFF') + text.replaceAll('\n', newline);
}

function blockLines(values: PlainMap, indent: string, pick: Pick): readonly string[] {
  return [...values].flatMap(([name, value]) => [
    ...comments(indent, pick),
    ...entryLines(name, value, indent, pick),
  ]);
}

function comments(indent: string, pick: Pick): readonly string[] {
  return pick<readonly string[]>(
    [],
    [],
    [],
    [''],
    [`${indent}# about it`],
    ['', `${indent}#key: 1`],
  );
}

function behind(pick: Pick): string {
  return pick('', '', '', ' # c', '  # it\'s "c": [');
}

function entryLines(name: string, value: Plain, indent: string, pick: Pick): readonly string[] {
  const key = `${indent}${keyText(name, pick)}${pick(':', ':', ':', ' :')}`;
  const isBlock = pick(true, true, true, false);
  if (isMap(value) && value.size > 0 && isBlock) {
    const inner = indent + ' '.repeat(pick(2, 2, 4, 1));
    return [key + behind(pick), ...blockLines(value, inner, pick), ...comments(inner, pick)];
  }
  if (isList(value) && value.length > 0 && isBlock) {
    const inner = indent + ' '.repeat(pick(0, 2, 2));
    return [key + behind(pick), ...value.flatMap((item) => itemLines(item, inner, pick))];
  }
  if (value === null && pick(true, false)) return [key + behind(pick)];
  if (typeof value === 'string' && isLiteral(value) && pick(false, false, true)) {
    return [`${key} |-`, `${indent}  ${value}`];
  }
  return [`${key} ${flow(value, pick, `${indent}  `)}${behind(pick)}`];
}

function itemLines(item: Plain, indent: string, pick: Pick): readonly string[] {
  const above = comments(indent, pick);
  if (!isMap(item) || item.size === 0) {
    return [...above, `${indent}- ${flow(item, pick, `${indent}  `)}${behind(pick)}`];
  }
  const [first = '', ...rest] = [...item].flatMap(([name, value]) =>
    entryLines(name, value, `${indent}  `, pick),
  );
  return [...above, `${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** A value on one line, or in brackets with lines of their own. */
function flow(value: Plain, pick: Pick, indent: string): string {
  if (isMap(value)) {
    const members = [...value].map(
      ([name, item]) => `${keyText(name, pick)}: ${flow(item, pick, `${indent}  `)}`,
    );
    return enclosed('{', members, '}', pick, indent);
  }
  if (isList(value)) {
    const items = value.map((item) => flow(item, pick, `${indent}  `));
    return enclosed('[', items, ']', pick, indent);
  }
  return scalarText(value, pick);
}

function enclosed(
  open: string,
  items: readonly string[],
  close: string,
  pick: Pick,
  indent: string,
): string {
  const comma = items.length === 0 ? '' : pick('', '', ',');
  if (items.length === 0 || pick(true, true, false)) {
    const blank = pick('', ' ');
    return open + blank + items.join(pick(', ', ',  ', ' , ')) + comma + blank + close;
  }
  const lines = items.map((item, index) => {
    const isLast = index === items.length - 1;
    return `${indent} ${item}${isLast ? comma : ','}${behind(pick)}\n`;
  });
  return `${open}${behind(pick)}\n${lines.join('')}${indent}${close}`;
}

function scalarText(value: string | number | boolean | null, pick: Pick): string {
  switch (typeof value) {
    case 'boolean':
      return value ? pick('true', 'true', 'yes', 'On') : pick('false', 'false', 'NO', 'off');
    case 'number':
      return numberText(value, pick);
    case 'string':
      return stringText(value, pick);
    default:
      return pick('null', '~', 'Null');
  }
}

function numberText(value: number, pick: Pick): string {
  if (!Number.isSafeInteger(value) || value <= 0) return String(value);
  const grouped = String(value).replace(/(?<=\d)(?=(?:\d{3})+$)/g, '_');
  return pick(
    String(value),
    String(value),
    grouped,
    `0x${value.toString(16)}`,
    `0${value.toString(8)}`,
  );
}

function keyText(name: string, pick: Pick): string {
  return stringText(name, pick);
}

function stringText(text: string, pick: Pick): string {
  const isPlain =
    /^[a-zA-Z/][\w./-]*$/.test(text) && !/^(?:y|yes|n|no|on|off|null|true|false)$/i.test(text);
  const isOneLine = !/[\p{Cc}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u.test(text);
  const double = JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const single = isOneLine ? `'${text.replaceAll("'", "''")}'` : double;
  return pick(...(isPlain ? [text, text, text] : []), double, single);
}

function isLiteral(text: string): boolean {
  return /^[\w#:'" -]*\w$/.test(text) && !text.startsWith(' ');
}
