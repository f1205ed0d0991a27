import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MappingFileError } from './mapping-file-error.js';
import { readRowMapping } from './read-row-mapping.js';

const lines = [
  'name: small',
  'version: 2',
  'source:',
  '  facility: MPK',
  '  application: PAS',
  '  zone: Asia/Karachi',
  '  kind: mysql',
  '  connection: { host: localhost, database: pas, user: reader }',
  'patients: { table: people, authority: "urn:oid:2.999.1" }',
  'tables:',
  '  people:',
  '    key: id',
  '    resource: Patient',
  '    elements:',
  '      birthDate: { column: born, format: dd/MM/yyyy }',
  '      gender: { column: sex, codes: { 1: male, 2: female } }',
];
const text = lines.join('\n');
const with_ = (line: number, replacement: string) =>
  lines.map((one, at) => (at === line - 1 ? replacement : one)).join('\n');
const topics = (connection: string) =>
  with_(8, `  connection: { brokers: ['b:9092'], ${connection} }`).replace('kind: mysql', 'kind: debezium');
const more = (...added: readonly string[]) => [...lines, ...added].join('\n');

function problems(file: string): readonly string[] {
  try {
    readRowMapping(file);
    return [];
  } catch (error) {
    if (!(error instanceof MappingFileError)) throw error;
    return error.problems.map(({ line, column, path, text: said }) => `${line}:${column} ${path} ${said}`);
  }
}

describe('readRowMapping', () => {
  it('writes the short forms out', () => {
    const { version, source, patients, tables, codes } = readRowMapping(text);
    expect({ version, source, patients }).toMatchObject({
      ...{ version: 2, patients: { type: 'PI' } },
      source: { kind: 'mysql', connection: { port: 3306 } },
    });
    expect(tables['people']).toEqual({
      key: ['id'],
      resources: [
        {
          ...{ type: 'Patient', when: [], onDelete: {} },
          elements: {
            birthDate: { columns: ['born'], options: { format: 'dd/MM/yyyy' } },
            gender: { columns: ['sex'], options: { codes: 'people.gender' } },
          },
        },
      ],
    });
    expect(codes['people.gender']).toEqual({ 1: 'male', 2: 'female' });
  });

  it('reads the same from JSON', () => {
    const file = readRowMapping(text);
    const json = JSON.stringify({
      ...{
        name: 'small',
        version: 2,
        source: file.source,
        patients: { table: 'people', authority: 'urn:oid:2.999.1' },
      },
      tables: {
        people: {
          ...{ key: ['id'], resource: 'Patient' },
          elements: {
            birthDate: { column: 'born', format: 'dd/MM/yyyy' },
            gender: { column: 'sex', codes: { 1: 'male', 2: 'female' } },
          },
        },
      },
    });
    expect(readRowMapping(json)).toEqual(file);
  });

  it.each([
    ['no YAML', with_(3, 'source: ['), ['4:13  Implicit keys need to be on a single line']],
    ['a number written twice', more('version: 3'), ['17:1  Map keys must be unique']],
    [
      'a name that nothing has',
      with_(4, '  facillity: MPK'),
      ['3:1 source "facility" is missing', '4:3 source.facillity'],
    ],
    ['a wrong kind', with_(7, '  kind: oracle'), ['7:3 source.kind must be one of mysql, access, debezium']],
    [
      'a password',
      with_(8, '  connection: { host: h, database: d, user: u, password: x }'),
      ['8:48 source.connection.password'],
    ],
    [
      'topics of a prefix and by name, and a password that everybody would see',
      topics('topics: [a], topicPrefix: a, user: u, passwordFile: p, mechanism: plain'),
      ['8:3 source.connection topics or topicPrefix: one of them', '8:93 source.connection.mechanism needs caFile'],
    ],
    [
      'topics without a name, a user without a password and half a certificate',
      topics('user: u, certFile: c'),
      [
        '8:3 source.connection topics or topicPrefix',
        '8:3 source.connection user and',
        '8:3 source.connection certFile and keyFile',
        '8:47 source.connection.certFile needs caFile',
      ],
    ],
    [
      'a column type without a name',
      topics('topics: [a], columnTypes: { people: { born: { scale: 2 } } }'),
      ['8:76 source.connection.columnTypes.people.born "name" is missing'],
    ],
    ['a zone that is none', with_(6, '  zone: Karachi'), ['6:3 source.zone no IANA time zone']],
    [
      'an element that FHIR does not have',
      with_(15, '      birthdate: born'),
      ['15:7 tables.people.elements.birthdate Patient has no element "birthdate"; near: birthDate'],
    ],
    [
      'a choice without its type',
      with_(15, '      deceased: dead'),
      [
        '15:7 tables.people.elements.deceased Patient has no element "deceased"; near: deceasedBoolean, deceasedDateTime',
      ],
    ],
    [
      'an index where FHIR has no list',
      with_(15, '      birthDate[0]: born'),
      ['15:7 tables.people.elements.birthDate[0] Patient.birthDate is no list'],
    ],
    [
      'a converter that does not fit',
      with_(15, '      birthDate: { column: born, as: boolean }'),
      ['15:7 tables.people.elements.birthDate the converter boolean fills no date'],
    ],
    [
      'an option that its converter does not take',
      with_(15, '      birthDate: { column: born, unit: mg }'),
      ['15:34 tables.people.elements.birthDate.unit the converter date has no such option'],
    ],
    [
      'a date format that is none',
      with_(15, '      birthDate: { column: born, format: DD/MM/YY }'),
      ['15:34 tables.people.elements.birthDate.format no date format'],
    ],
    [
      'a meaning that FHIR does not know',
      with_(16, '      gender: { column: sex, codes: { 1: man } }'),
      ['16:7 tables.people.elements.gender not among the codes of FHIR: man'],
    ],
    [
      'a table of codes that is not there',
      with_(16, '      gender: { column: sex, codes: sexes }'),
      ['16:30 tables.people.elements.gender.codes no table "sexes" under codes'],
    ],
    [
      'a value where a constant does not fit',
      with_(16, '      gender: { const: M }'),
      ['16:7 tables.people.elements.gender must be one of male, female, other, unknown'],
    ],
    [
      'the same element twice',
      more('      name.text: a', '      name[0].text: b'),
      ['18:7 tables.people.elements."name[0].text" the same element as name.text'],
    ],
    [
      'a reference to a table that is not there',
      more('      generalPractitioner[0]: { row: doctors, column: gp }'),
      ['17:7 tables.people.elements.generalPractitioner[0] no table "doctors" in this file'],
    ],
    [
      'a reference to the wrong type',
      more('      managingOrganization: { row: people, column: gp }'),
      ['17:7 tables.people.elements.managingOrganization may refer to Organization; rows of people are Patient'],
    ],
    [
      'rows of nobody',
      more('  visits:', '    key: id', '    resource: Encounter', '    elements: { status: { const: finished } }'),
      ['17:3 tables.visits its rows are about a patient'],
    ],
    [
      'a join that leads nowhere',
      more(
        '  visits:',
        '    key: id',
        '    patient: { via: beds, column: bed }',
        '    resource: Encounter',
        '    elements: { status: { const: finished } }',
      ),
      ['19:5 tables.visits.patient "via" does not lead to the table of patients'],
    ],
    [
      'what FHIR requires and nobody states',
      more(
        '  results:',
        '    key: id',
        '    patient: pid',
        '    resource: Observation',
        '    elements: { status: { const: final } }',
      ),
      ['17:3 tables.results FHIR asks for Observation.code'],
    ],
    [
      'a resource that rows do not state',
      with_(13, '    resource: Bundle'),
      ['9:13 patients.table the first', '13:5 tables.people.resource rows state Patient'],
    ],
  ])('tells line, column and path of %s', (_, file, expected) => {
    const found = problems(file);
    for (const [at, start] of expected.entries()) expect(found[at]?.startsWith(start) || found[at]).toBe(true);
    expect(found).toHaveLength(expected.length);
  });

  it('has a place for whatever is wrong, whatever the text', () => {
    const changed = fc.tuple(fc.nat(text.length), fc.nat(12), fc.string({ unit: 'binary', maxLength: 6 }));
    fc.assert(
      fc.property(changed, ([at, length, added]) => {
        // Throws for anything but a problem of the file.
        for (const one of problems(text.slice(0, at) + added + text.slice(at + length)))
          expect(one).toMatch(/^\d+:\d+ /);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses aliases that multiply', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map(
        (one, at) =>
          `${one}: &${one} [${Array(9)
            .fill(`*${'abcdefgh'.charAt(at)}`)
            .join(',')}]`,
      ),
    ];
    expect(problems(bomb.join('\n'))[0]).toMatch(/alias/i);
  });
});
