// proto/ -> libs/agent-api/src/gen: the types of the messages, and the descriptor as a TypeScript
// module, so that no .proto file is needed when the programs run.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import protobuf from 'protobufjs';

const root = resolve(import.meta.dirname, '../..');
const protoFolder = join(root, 'proto');
const target = join(root, 'libs/agent-api/src/gen');
const protoFiles = [
  'kubeos/agent/v1/agent.proto',
  'grpc/health/v1/health.proto',
  'google/rpc/status.proto',
];

rmSync(target, { recursive: true, force: true });
writeTypes();
nameOriginsFromTheRoot();
writeDescriptor();

function writeTypes() {
  const result = spawnSync(
    join(root, 'node_modules/.bin/proto-loader-gen-types'),
    [
      ...['--longs=Number', '--enums=String', '--oneofs', '--defaults'],
      ...['--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts'],
      ...['-I', protoFolder, `--outDir=${target}`, ...protoFiles],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], timeout: 60_000 },
  );
  if (result.status !== 0) throw new Error('proto-loader-gen-types failed');
  // One summary a file for `loadPackageDefinition`, which nobody calls.
  for (const file of protoFiles) rmSync(join(target, basename(file, '.proto') + '.ts'));
}

/** The generator names the absolute path of each original, which differs from checkout to checkout. */
function nameOriginsFromTheRoot() {
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`${root}/`, ''));
  }
}

function writeDescriptor() {
  const proto = new protobuf.Root();
  // The well-known types come from protobufjs itself; files name each other from proto/ down.
  proto.resolvePath = (_origin, file) =>
    file.startsWith('google/protobuf/') || file.startsWith(protoFolder)
      ? file
      : join(protoFolder, file);
  proto.loadSync(protoFiles).resolveAll();
  const json = JSON.stringify(proto.toJSON());
  writeFileSync(
    join(target, 'descriptor.ts'),
    `/** The agent API as protobufjs JSON, for proto-loader's \`fromJSON\`. */\n` +
      `export const descriptorJson: string = ${JSON.stringify(json)};\n`,
  );
}
