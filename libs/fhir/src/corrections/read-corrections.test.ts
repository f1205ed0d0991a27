import { describe, expect, it } from '@jest/globals';
import { Rejected } from '@anamnesis/core';
import fc from 'fast-check';
import { readCorrections } from './read-corrections.js';

const whole = `
# A sender of 1997.
corrections: 1
triggers:
  - { trigger: ADT^Z01, means: ADT^A08 }
rules:
  - move: PID-4
    to: PID-3
    when: { path: PID-3, equals: '' }
  - default: PID-3[*].4
    value: 0012
  - pattern: PID-3[*].1
    find: ^MR0*(\\d+)$
    replace: $1
    when: { type: ADT^* }
zSegments:
  - from: ZPD-3
    to: Patient.maritalStatus
    system: http://terminology.hl7.org/CodeSystem/v3-MaritalStatus
    codes: { 1: M, 2: S }
`;

/** What is said of a file that is wrong. */
function said(file: string): string {
  try {
    readCorrections(file);
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
  return 'fine';
}

const rule = (text: string) => said(`corrections: 1\nrules:\n  - ${text}`);
const z = (text: string) => said(`corrections: 1\nzSegments:\n  - ${text}`);

describe('a corrections file', () => {
  it('is read from YAML, values as they are written', () => {
    const { digest, ...read } = readCorrections(whole);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(read).toEqual({
      triggers: [{ trigger: 'ADT^Z01', means: 'ADT^A08' }],
      rules: [
        { move: 'PID-4', to: 'PID-3', when: { path: 'PID-3', equals: '' } },
        { default: 'PID-3[*].4', value: '0012' },
        { pattern: 'PID-3[*].1', find: '^MR0*(\\d+)$', replace: '$1', when: { type: 'ADT^*' } },
      ],
      zSegments: [
        {
          from: 'ZPD-3',
          to: 'Patient.maritalStatus',
          system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
          codes: { '1': 'M', '2': 'S' },
        },
      ],
    });
  });

  it('is read from JSON', () => {
    const file = JSON.stringify({ corrections: 1, rules: [{ copy: 'ZPD-1', to: 'PID-8' }] }, null, 2);
    expect(readCorrections(file).rules).toEqual([{ copy: 'ZPD-1', to: 'PID-8' }]);
  });

  it('that is wrong says each place, rule and what is allowed', () => {
    expect(said('corrections: 1\nrules:\n  - copy: PID3\n    to: PID-3\n  - move: PID-4\n')).toBe(
      'line 3, column 11 (/rules/0/copy): not a path: PID-3, PID-3[2], PID-3[2].4, PID-3[*].4.1; ' +
        'line 5, column 5 (/rules/1): "to" is missing',
    );
    expect(said('corrections: 1\nrule: []')).toContain('line 2, column 1 (/): a key that is not known here: there are');
    expect(said('rules: []')).toContain('"corrections: 1"');
    expect(said('corrections: 2')).toContain('the only form');
    expect(said('[')).toMatch(/^line 1/);
    expect(said('')).toContain('a map is expected');
    expect(said(`corrections: 1\n#${'x'.repeat(70_000)}`)).toContain('larger than');
  });

  it.each([
    [rule('{copy: PID-3, to: PID-4, value: x}'), 'copy has no "value"'],
    [rule('{copy: PID-3, move: PID-3, to: PID-4}'), 'one of move, copy, default, pattern'],
    [rule('{copy: "PID-3[*]", to: PID-4}'), 'no [*]'],
    [rule('{copy: PID-3, to: PID-3}'), 'one place'],
    [rule('{copy: PID-3, to: MSH-3}'), 'stays as it is'],
    [rule('{default: MSH-9.2, value: A08}'), 'among "triggers"'],
    [rule('{default: "PID-3[*]", value: x}'), 'a component is to be named'],
    [rule("{default: PID-8, value: ''}"), 'it is empty'],
    [rule('{pattern: PID-3, find: "(a+)\\\\1", replace: b}'), 'character 5: an escape'],
    [rule('{pattern: PID-3, find: a, replace: $1}'), 'no group 1'],
    [rule('{default: PID-8, value: F, when: {path: PID-7}}'), 'go together'],
    [rule('{default: PID-8, value: F, when: {type: ADT}}'), 'not a message type'],
    [rule('{default: PID-8, value: F, when: {}}'), 'is expected'],
    [said('corrections: 1\ntriggers: [{trigger: ADT^Z01, means: ADT^Z02}]'), 'table 0354'],
    [said('corrections: 1\ntriggers: [&a {trigger: ADT^Z01, means: ADT^A08}, *a]'), 'a map is expected'],
    [z('{from: PID-3, to: Patient.maritalStatus}'), 'not a path of a Z segment'],
    [z('{from: ZPD-3, to: Patient.gender}'), 'there are Patient.extension'],
    [z('{from: ZPD-3, to: Patient.extension, as: string}'), '"url" is missing'],
    [z('{from: ZPD-3, to: Patient.extension, as: Money, url: "urn:x"}'), 'not one of string'],
    [z('{from: ZPD-3, to: Patient.identifier, system: mrn}'), 'not a URI'],
    [z('{from: ZPD-3, to: Patient.maritalStatus, codes: {1: M}}'), 'go together'],
    [z('{from: ZPD-3, to: Patient.telecom, system: "urn:x"}'), 'of identifiers and codes'],
  ])('is refused: %s', (message, reason) => {
    expect(message).toContain(reason);
    expect(message).toMatch(/^line \d+, column \d+ /);
  });

  it('of any text is read or refused', () => {
    const piece = fc.constantFrom(
      'corrections: 1',
      'rules:',
      '  - copy: PID-3',
      '    to: PID-4',
      '- ',
      '{',
      '}',
      ': ',
      '&a',
      '*a',
      '[',
      '\n',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        said(parts.join('\n'));
      }),
    );
  });
});
