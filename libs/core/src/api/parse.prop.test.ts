import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseOsInstance } from './parse-os-instance.ts';
import { parseOs } from './parse-os.ts';

const metadata = { namespace: 'n', name: 'x', uid: 'u', resourceVersion: '1' };

/** Objects of which some members are right and some are anything. */
const members = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), fc.integer(), fc.string())),
  );

const specs = members([
  'osversion',
  'opstype',
  'maxunavailable',
  'imagetype',
  'nodeselector',
  'timewindow',
  'canary',
  'sysconfigs',
]);

describe('parsing', () => {
  it('never throws on a spec or status, and either has a spec or says why not', () => {
    fc.assert(
      fc.property(specs, members(['nodes', 'admission', 'conditions']), (spec, status) => {
        const os = parseOs({ metadata, spec, status });
        expect(os.spec === undefined).toBe(os.problems.length > 0);
      }),
    );
  });

  it('names whatever part of an OSInstance it leaves out', () => {
    const instanceSpecs = members(['nodestatus', 'operation', 'history', 'sysconfigs']);
    const statuses = members(['agent', 'acknowledged', 'problem', 'conditions']);
    const known = new Set(['nodestatus', 'operation', 'history', 'sysconfigs']);
    fc.assert(
      fc.property(instanceSpecs, statuses, (spec, status) => {
        const read = parseOsInstance({ metadata, spec, status });
        if (read.unreadable !== undefined) return;
        const given = typeof spec === 'object' && spec !== null ? Object.keys(spec) : [];
        for (const name of given.filter((each) => known.has(each))) {
          expect(read.spec).toHaveProperty(name);
        }
      }),
    );
  });
});
