// One CommonJS file for each app, dist/<app>.cjs, bundled straight from the sources of the
// workspace. CommonJS and the lean plugin halve the memory of the idle process.
// Run in the folder of the app.
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { leanPlugin } from './lean-plugin.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const name = manifest.name.replace('@kubeos/', '');

// Folders that belong beside the program: what a build of images takes from there.
const foldersBeside = {
  agent: { systemd: 'systemd' },
  kbimg: { '../../libs/imaging/node-files': 'node-files' },
};

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
  },
  esbuildPlugins: [leanPlugin()],
});
