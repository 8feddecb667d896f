/** The errors among the lines that kubelet and containerd write. */
import { withoutValues } from './without-values.ts';

const quoted = String.raw`"(?<quoted>(?:\\.|[^"\\])*)"`;
/** klog: severity and date, ..., file and line, then a message; a quoted one has only fields behind it. */
const klog = new RegExp(
  String.raw`^[EF]\d{4} [^\]]*\] (?:${quoted}(?= [^\s"=]+=|$)|(?<plain>.*))`,
  'u',
);
/** logrus: these fields come first, in this order. */
const logrus = new RegExp(
  String.raw`^(?:time="[^"]*" )?level=(?:error|fatal|panic) msg=(?:${quoted}|(?<plain>\S+))`,
  'u',
);
const levels: readonly unknown[] = ['error', 'fatal', 'panic'];

/**
 * The messages of the errors in a journal, each once, in the order of their last words. Both programs can print their whole
 * configuration: other lines, the fields of a line, and the values in a message are left out.
 */
export function journalErrors(journal: string): readonly string[] {
  const found = new Set<string>();
  for (const line of journal.split('\n')) {
    const message = withoutValues(messageOf(line.trim()) ?? '');
    if (message === '') continue;
    found.delete(message);
    found.add(message);
  }
  return [...found];
}

function messageOf(line: string): string | undefined {
  if (line.startsWith('{')) return messageOfJson(line);
  const { quoted, plain } = (klog.exec(line) ?? logrus.exec(line))?.groups ?? {};
  return quoted?.replaceAll(/\\[nrt]/gu, ' ').replaceAll(/\\(.)/gu, '$1') ?? plain;
}

function messageOfJson(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null) return undefined;
    if (!('level' in entry && levels.includes(entry.level))) return undefined;
    return 'msg' in entry && typeof entry.msg === 'string' ? entry.msg : undefined;
  } catch {
    return undefined;
  }
}
