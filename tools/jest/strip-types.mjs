// Turns TypeScript into JavaScript with Node's own type stripping: positions stay exact, so stack
// traces need no source map.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  // Jest caches what it counts the coverage of under the same key.
  getCacheKey: (source, path, { instrument }) =>
    createHash('sha256')
      .update(`${process.version}\0${path}\0${instrument}\0${source}`)
      .digest('hex'),
};
