import { expect, it } from '@jest/globals';

import { JsonLines } from './json-lines.ts';

it('reads a value of each line, whatever the pieces', () => {
  const bytes = Buffer.from('{"QMP": {}}\r\n\r\n{"event": "RÉSET"}\r\n{"return"');
  const values = [{ QMP: {} }, { event: 'RÉSET' }];
  expect(new JsonLines().push(bytes)).toEqual(values);
  const bytewise = new JsonLines();
  expect([...bytes].flatMap((byte) => bytewise.push(Uint8Array.of(byte)))).toEqual(values);
  expect(bytewise.push(Buffer.from(': 1}\n'))).toEqual([{ return: 1 }]);
});
