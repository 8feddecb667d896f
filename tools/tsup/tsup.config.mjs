// One CommonJS file for each app, dist/<app>.cjs, bundled straight from the sources of the
// workspace. CommonJS and the lean plugin halve the memory of the idle process.
// Run in the folder of the app.
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { leanPlugin } from './lean-plugin.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const name = manifest.name.replace('@kubeos/', '');

// Folders that belong beside the program: what a build of images takes from there.
const foldersBeside = {
  agent: { systemd: 'systemd' },
  kbimg: { '../../libs/imaging/node-files': 'node-files' },
};

// Programs that others find by their name on the PATH: the bundle once more, as an executable without an ending.
const executables = ['kubectl-kubeos'];

export default defineConfig({
  entry: { [name]: 'src/main.ts' },
  outDir: 'dist',
  format: ['cjs'],
  outExtension: () => ({ js: '.cjs' }),
  target: 'node24',
  platform: 'node',
  splitting: false,
  minify: true,
  // Says what is in the bundle, for the test of that.
  metafile: true,
  dts: false,
  silent: true,
  noExternal: [/.*/],
  // Without this tsup reads path aliases and targets from a tsconfig; there is nothing to read.
  tsconfig: '../../tsconfig.base.json',
  env: { KUBEOS_VERSION: manifest.version },
  esbuildOptions: (options) => {
    options.conditions = ['@kubeos/source', 'module'];
    // CommonJS has another word for it.
    options.define = { ...options.define, 'import.meta.dirname': '__dirname' };
  },
  onSuccess: async () => {
    for (const [from, to] of Object.entries(foldersBeside[name] ?? {})) {
      rmSync(`dist/${to}`, { recursive: true, force: true });
      cpSync(from, `dist/${to}`, { recursive: true, verbatimSymlinks: true });
    }
    if (!executables.includes(name)) return;
    cpSync(`dist/${name}.cjs`, `dist/${name}`);
    chmodSync(`dist/${name}`, 0o755);
    // In a folder of ES modules Node.js would take a file without an ending for one.
    writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
  },
  esbuildPlugins: [leanPlugin()],
});
