// Writes every generated file anew. With --check it fails when that changed anything: the files
// in the tree were not those of their sources (they are now; commit them).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { generators } from './generators.mjs';

const generatorMinutes = 3;
const check = process.argv.includes('--check');

for (const { name, outputs, commands } of generators) {
  const before = fingerprints(outputs);
  commands.forEach(run);
  const changed = differences(before, fingerprints(outputs));
  if (changed.length === 0) {
    console.log(`${name}: up to date`);
    continue;
  }
  console.log(`${name}: written anew\n${changed.map((file) => `  ${file}`).join('\n')}`);
  if (check) process.exitCode = 1;
}

function run([program, ...args]) {
  const result = spawnSync(program, args, {
    stdio: 'inherit',
    timeout: generatorMinutes * 60_000,
  });
  if (result.status !== 0) throw new Error(`"${program} ${args.join(' ')}" failed`);
}

function fingerprints(paths) {
  const found = new Map();
  const visit = (path) => {
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return;
    if (entry.isDirectory()) readdirSync(path).forEach((name) => visit(join(path, name)));
    else found.set(path, createHash('sha256').update(readFileSync(path)).digest('hex'));
  };
  paths.forEach(visit);
  return found;
}

function differences(before, after) {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((path) => before.get(path) !== after.get(path)).sort();
}
