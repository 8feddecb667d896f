// Keeps out of a bundle what no KubeOS program reaches.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Packages whose modules do nothing when they load, though their manifests do not say so. */
const withoutSideEffects = ['@kubernetes/client-node', 'js-yaml', 'zod', '@bufbuild/protobuf'];

/**
 * Packages that client-node imports for features we do not use: its HTTP client, proxies to the
 * API server, exec, attach and copy, OpenID login, JSON paths.
 */
export const unreachable = [
  'hpagent',
  'http-proxy-agent',
  'https-proxy-agent',
  'isomorphic-ws',
  'jsonpath-plus',
  'openid-client',
  'socks',
  'socks-proxy-agent',
  'stream-buffers',
  'tar-fs',
  'undici',
  'ws',
];

const anyOf = (names) => names.map((name) => name.replaceAll(/[/.-]/g, '\\$&')).join('|');
const insideFolder = new RegExp(`/node_modules/(?:${anyOf(withoutSideEffects)})/`);
const fromOutside = new RegExp(`^(?:${anyOf(withoutSideEffects)})(?:/|$)`);
const stubbed = new RegExp(`^(?:${anyOf(unreachable)})$`);

/**
 * proto-loader describes every message for servers that offer reflection, which none of ours does: two thirds of the time in
 * which it builds its codecs, at every start of the agent.
 */
const undescribed = `
  const { Enum, Root, Type } = require('protobufjs');
  Root.prototype.toDescriptor = () => ({ file: [] });
  Type.prototype.toDescriptor = Enum.prototype.toDescriptor = () => ({ $type: { toObject: () => ({}) } });
`;

/** The esbuild plugin: drops unused modules of known packages, stubs unreachable packages. */
export function leanPlugin() {
  return {
    name: 'lean',
    setup(build) {
      build.onResolve({ filter: stubbed }, ({ path }) => ({ path, namespace: 'stub' }));
      build.onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({
        contents: stubOf(path),
        loader: 'js',
      }));

      build.onResolve({ filter: /^protobufjs\/ext\/descriptor$/ }, ({ path, resolveDir }) => ({
        path,
        namespace: 'undescribed',
        pluginData: { resolveDir },
      }));
      build.onLoad({ filter: /.*/, namespace: 'undescribed' }, ({ pluginData }) => ({
        contents: undescribed,
        loader: 'js',
        resolveDir: pluginData.resolveDir,
      }));

      // The flag must reach the inner modules too. They are resolved by hand: asking esbuild for
      // every relative import of the bundle is several times slower.
      build.onResolve({ filter: /^\.\.?\// }, ({ path, importer }) => {
        if (!insideFolder.test(importer)) return undefined;
        const file = join(dirname(importer), path);
        return isFile(file) ? { path: file, sideEffects: false } : undefined;
      });
      build.onResolve({ filter: fromOutside }, async ({ path, ...from }) => {
        if (from.pluginData?.leanAsked) return undefined;
        const { importer, kind, namespace, resolveDir } = from;
        const asked = { importer, kind, namespace, resolveDir, pluginData: { leanAsked: true } };
        const found = await build.resolve(path, asked);
        return found.errors.length > 0
          ? { errors: found.errors }
          : { path: found.path, namespace: found.namespace, sideEffects: false };
      });
    },
  };
}

// Whatever is taken from the stub may be named, passed on and extended; using it throws.
function stubOf(name) {
  return `
    const refuse = () => { throw new Error(${JSON.stringify(`${name} is not in this bundle`)}); };
    const members = new Proxy({}, {
      get: (_target, key) =>
        typeof key === 'symbol' || key === '__esModule' || key === 'then'
          ? undefined
          : function () { refuse(); },
    });
    module.exports = Object.setPrototypeOf(function () { refuse(); }, members);
  `;
}

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
