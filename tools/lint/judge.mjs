// Reads [{file, text}] from standard input, judges each text as if it were that file, and prints
// the names of the rules that it breaks: string[][].
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const root = resolve(import.meta.dirname, '../..');

// Without a cached project graph the boundary rule is skipped and everything passes.
const graph = spawnSync('nx', ['show', 'projects'], { cwd: root, timeout: 120_000 });
if (graph.status !== 0) throw new Error(`nx made no project graph: ${graph.stderr}`);

const eslint = new ESLint({ cwd: root });
const verdicts = [];
for (const { file, text } of JSON.parse(await readAll(process.stdin))) {
  const [result] = await eslint.lintText(text, { filePath: resolve(root, file) });
  verdicts.push(result.messages.map((message) => message.ruleId ?? message.message));
}
process.stdout.write(JSON.stringify(verdicts));
