import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { converterNames, optionNames, takesOption } from './converters/converter-options.js';
import { faultRules } from './converters/converter.js';
import { rowResourceTypes } from './r4/structure.js';
import { readRowMapping } from './read-row-mapping.js';

const text = readFileSync(new URL('../../../../docs/mapping-rows.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const named = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('docs/mapping-rows.md', () => {
  it('has an example that is read without a problem', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    expect(Object.keys(readRowMapping(example).tables)).toEqual(['patients', 'visits', 'lab_results']);
  });

  it.each(converterNames)('tells of the converter %s with its options', (name) => {
    const row = rows.find(([, cell, , options]) => cell === `\`${name}\`` && options !== undefined && rows.length > 0);
    const own = optionNames.filter((option) => takesOption(name, option));
    expect(named(row?.[3])).toEqual(
      own.filter((option) => !['empty', 'ifSet', 'ifEmpty'].includes(option)).sort(by(named(row?.[3]))),
    );
  });

  it.each(faultRules)('tells of the rule %s', (rule) => {
    expect(rows.some(([, cell]) => cell === `\`${rule}\``)).toBe(true);
  });

  it('names every resource type that rows state', () => {
    const [, list = ''] = /Rows state ([\s\S]*?)\. The patient/.exec(text) ?? [];
    expect(list.split(/,\s+| and\s+/).sort()).toEqual([...rowResourceTypes].sort());
  });
});

/** In the order of the page. */
function by(order: readonly string[]) {
  return (a: string, b: string): number => order.indexOf(a) - order.indexOf(b);
}
