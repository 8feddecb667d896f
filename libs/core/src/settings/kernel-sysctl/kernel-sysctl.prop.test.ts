import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Setting } from '../setting.ts';
import { planSysctl, sysctlPaths } from './index.ts';
import { separateBySlash } from './parse.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('.', '/', 'a', '..', ' ', '\t', '\n', '\0', '\ud800') }),
  fc.constantFrom('__proto__', 'constructor.prototype', 'vm.swappiness', 'vm/swappiness'),
  fc.constant(`${'a/'.repeat(5_000)}${' '.repeat(5_000)}`),
);
const settings = fc.array(
  fc.record(
    { key: hostile, value: fc.oneof(hostile, fc.jsonValue()), operation: hostile },
    { requiredKeys: ['key'] },
  ),
  { maxLength: 8 },
);

const names = fc.constantFrom('vm.swappiness', 'vm/swappiness', 'kernel.panic', 'net.a/b.c');
const values = fc.oneof(fc.nat(9), fc.constantFrom('1 2  3', '1\t2\t3', ' 4', '', 'x y'));
const reasonable = fc.array(fc.record({ key: names, value: values }), { maxLength: 6 });

/** A kernel that prints lists with tabs, as it does for `tcp_rmem`. */
const write = (kernel: Map<string, string>, wanted: readonly Setting[]): void => {
  for (const plan of planSysctl((path) => kernel.get(path), wanted)) {
    if (plan.write !== undefined) {
      kernel.set(plan.path, `${plan.write.replace(/[ \t]+/g, '\t')}\n`);
    }
  }
};

describe('kernel parameters', () => {
  it('are planned without a throw, from the paths that were announced and no others', () => {
    fc.assert(
      fc.property(settings, fc.option(hostile, { nil: undefined }), (wanted, current) => {
        const paths = new Set(sysctlPaths(wanted));
        const read = new Set<string>();
        const plans = planSysctl((path) => {
          read.add(path);
          return current;
        }, wanted);
        expect(plans.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
        expect(read).toEqual(paths);
        for (const plan of plans) {
          expect(plan.outcome === 'refused').toBe(plan.reason !== undefined);
          if (plan.write === undefined) continue;
          expect(plan.write).not.toMatch(/[\n\r\0]/);
          expect(plan.path.split('/')).not.toContain('..');
          expect(plan.path).toMatch(/^[^/]/);
        }
      }),
    );
  });

  it('have the wished values after writing, and are then left alone', () => {
    fc.assert(
      fc.property(
        reasonable,
        fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
        (wanted, now) => {
          const paths = ['vm/swappiness', 'kernel/panic', 'net/a.b/c'];
          const kernel = new Map(paths.map((path, index) => [path, `${now[index] ?? 0}\n`]));
          const first = planSysctl((path) => kernel.get(path), wanted);
          write(kernel, wanted);
          const again = planSysctl((path) => kernel.get(path), wanted);
          for (const [index, plan] of first.entries()) {
            const expected = plan.outcome === 'refused' ? 'refused' : 'unchanged';
            expect(again[index]?.outcome).toBe(expected);
            if (plan.path === undefined || expected === 'refused') continue;
            const text = String(wanted[index]?.value)
              .trim()
              .split(/[ \t]+/);
            expect(kernel.get(plan.path)?.trim().split('\t')).toEqual(text);
          }
        },
      ),
    );
  });

  it('are the same for a key with slashes and its twin with dots', () => {
    const part = fc.stringMatching(/^[a-z0-9_-]+(\.[0-9]+)?$/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]+$/),
        fc.array(part, { minLength: 1 }),
        (first, rest) => {
          const path = [first, ...rest].join('/');
          const dotted = path.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
          expect(sysctlPaths([{ key: path, value: 1 }])).toEqual([path]);
          expect(sysctlPaths([{ key: dotted, value: 1 }])).toEqual([path]);
          expect(separateBySlash(dotted)).toBe(path);
        },
      ),
    );
  });
});
