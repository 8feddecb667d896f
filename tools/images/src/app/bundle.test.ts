import { describe, expect, it } from '@jest/globals';
import { bundledFolders, nodeOptionsOf } from './bundle.ts';

describe('the first line of a bundle', () => {
  it.each([
    ['#!/usr/bin/env -S node --max-semi-space-size=1 --lite-mode\n"use strict"', 2],
    ['#!/usr/bin/env -S node\n', 0],
  ])('%j has options of Node.js', (bundle, count) => {
    expect(nodeOptionsOf(bundle)).toHaveLength(count);
    expect(nodeOptionsOf(bundle).every((option) => option.startsWith('--'))).toBe(true);
  });

  it.each(['"use strict"', '#!/usr/bin/env node x\n', ''])('%j is refused', (bundle) => {
    expect(() => nodeOptionsOf(bundle)).toThrow('A bundle begins with');
  });
});

it('finds the npm packages of a bundle, also those inside of others, and none that left nothing', () => {
  const inputs = {
    'src/main.ts': { bytesInOutput: 5 },
    '../../libs/core/src/index.ts': { bytesInOutput: 5 },
    '../../node_modules/zod/v4/mini.js': { bytesInOutput: 5 },
    '../../node_modules/zod/v4/core.js': { bytesInOutput: 5 },
    '../../node_modules/@grpc/grpc-js/build/index.js': { bytesInOutput: 5 },
    '../../node_modules/@k/client/node_modules/js-yaml/index.js': { bytesInOutput: 5 },
    '../../node_modules/left-out/index.js': { bytesInOutput: 0 },
  };
  expect(bundledFolders({ outputs: { 'dist/x.cjs': { inputs } } })).toEqual([
    '../../node_modules/@grpc/grpc-js',
    '../../node_modules/@k/client/node_modules/js-yaml',
    '../../node_modules/zod',
  ]);
});
