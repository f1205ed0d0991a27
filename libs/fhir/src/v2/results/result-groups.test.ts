import { describe, expect, it } from '@jest/globals';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

const told = (type: string, ...segments: readonly string[]) =>
  message(`MSH|^~\\&|LIS|LABHYD|||20260306120000||${type}|G-1|P|2.5.1`, 'PID|1||H-77^^^HYD^MR', ...segments);
const resourcesOf = (one: ReturnType<typeof told>, type: string) =>
  mapMessage(one, contextOf(one))
    .flatMap((event) => assembled(event.resources.statements))
    .filter(({ resourceType }) => resourceType === type);
const final = '|||||||||||||||||||||F';

describe('results by specimen', () => {
  const one = told(
    'OUL^R22^OUL_R22',
    'SPM|1|S-1&HIS||SER^Serum^HL70487',
    'OBX|1|ST|HEM^Hemolysis^L||slight||||||F',
    `OBR|1|P-1|F-1|NA^Sodium^L${final}`,
    'OBX|1|NM|NA^Sodium^L||140||||||F',
    `OBR|2|P-2|F-2|K^Potassium^L${final}`,
    'OBX|1|NM|K^Potassium^L||4.1||||||F',
    'SPM|2|S-2&HIS||UR^Urine^HL70487',
    `OBR|1|P-3|F-3|PH^Urine pH^L${final}`,
    'OBX|1|NM|PH^Urine pH^L||6||||||F',
  );

  it('stand each under its own specimen, which is one for all of its orders', () => {
    const specimens = resourcesOf(one, 'Specimen').map(({ id }) => `Specimen/${id}`);
    expect(specimens).toHaveLength(2);
    const reports = resourcesOf(one, 'DiagnosticReport').map(({ specimen }) => specimen);
    expect(reports).toEqual([0, 0, 1].map((at) => [{ reference: specimens[at] }]));
  });

  it('tell what was seen of the specimen apart from the results', () => {
    const seen = resourcesOf(one, 'Observation').find(({ valueString }) => valueString === 'slight');
    expect(seen?.['specimen']).toBeDefined();
    expect(JSON.stringify(resourcesOf(one, 'DiagnosticReport'))).not.toContain(seen?.id);
  });
});

describe('results that hang on a result', () => {
  const culture = `OBR|1|P-1|F-1|600-7^Blood culture^LN${final}`;
  const organisms = [
    'OBX|1|CE|600-7^Organism^LN|1|3092008^Staphylococcus aureus^SCT||||||F',
    'OBX|2|CE|600-7^Organism^LN|2|112283007^Escherichia coli^SCT||||||F',
  ];
  const sensitivities = (filler: string, subId: string, value: string) => [
    `OBR|2|P-1|${filler}|29576-6^Susceptibility^LN${final}|600-7&Organism&LN^${subId}|||P-1^F-1`,
    `OBX|1|SN|28-1^Ampicillin^LN||${value}|ug/mL||S|||F`,
  ];
  const one = told(
    'ORU^R01^ORU_R01',
    culture,
    ...organisms,
    ...sensitivities('F-2', '1', '<=^2'),
    ...sensitivities('F-3', '2', '>^32'),
  );

  it('are members of it: each organism has its own sensitivities', () => {
    const observations = resourcesOf(one, 'Observation');
    const named = (code: string) =>
      observations.find((each) => JSON.stringify(each['valueCodeableConcept'] ?? '').includes(code));
    const membersOf = (code: string) =>
      (named(code)?.['hasMember'] as { reference: string }[]).map(({ reference }) => reference);
    const [low, high] = observations
      .filter(({ valueQuantity }) => valueQuantity !== undefined)
      .map(({ id }) => `Observation/${id}`);
    expect(membersOf('3092008')).toEqual([low]);
    expect(membersOf('112283007')).toEqual([high]);
  });

  it('whose parent is not in the message are kept, with a warning', () => {
    const alone = told('ORU^R01^ORU_R01', ...sensitivities('F-2', '1', '<=^2'));
    expect(mapMessage(alone, contextOf(alone))[0]?.resources.warnings).toContain(
      'OBR-26 names no result of this message',
    );
    expect(resourcesOf(alone, 'Observation')).toHaveLength(1);
  });
});

describe('a report and its order', () => {
  it('lead to each other, whichever comes first', () => {
    const order = told('ORM^O01^ORM_O01', 'ORC|NW|P-1^HIS', 'OBR|1|P-1^HIS||NA^Sodium^L');
    const report = told('ORU^R01^ORU_R01', `OBR|1|P-1^HIS|F-1^LIS|NA^Sodium^L${final}`, 'OBX|1|NM|NA^^L||140||||||F');
    const request = afterAll([order], 'ServiceRequest');
    expect(resourcesOf(report, 'DiagnosticReport')).toMatchObject([
      { basedOn: [{ reference: `ServiceRequest/${request?.id}` }] },
    ]);
    expect(afterAll([report, order], 'ServiceRequest')).toMatchObject({ status: 'active', code: {} });
  });

  it('takes a document between ORC and OBR for one of the order, and no result', () => {
    const one = told(
      'ORU^R01^ORU_R01',
      'ORC|RE|P-1^HIS',
      'OBX|1|TX|NOTE^^L||a letter||||||F',
      'TXA|1|CN|TX|||||||||DOC-1^LIS',
      `OBR|1|P-1^HIS||CHEM^^L${final}`,
      'OBX|1|NM|NA^^L||140||||||F',
    );
    const [report] = resourcesOf(one, 'DiagnosticReport');
    expect(resourcesOf(one, 'DocumentReference')).toMatchObject([
      {
        masterIdentifier: { value: 'DOC-1' },
        content: [{ attachment: { data: Buffer.from('a letter').toString('base64') } }],
        context: { related: [{ reference: `DiagnosticReport/${report?.id ?? ''}` }] },
      },
    ]);
    expect(resourcesOf(one, 'Observation')).toMatchObject([{ valueQuantity: {} }]);
    expect(resourcesOf(one, 'ServiceRequest')).toMatchObject([{ code: { coding: [{ code: 'CHEM' }] } }]);
  });

  it('reads an ORC after its OBR in results by specimen, and one before it all the same', () => {
    const orders = (...segments: readonly string[]) =>
      resourcesOf(told('OUL^R22^OUL_R22', 'SPM|1|S-1&HIS', ...segments), 'ServiceRequest');
    const [obr, orc] = [`OBR|1|P-1^HIS||CHEM^^L${final}`, 'ORC|RE|P-1^HIS|||CM'];
    for (const each of [
      [obr, orc],
      [orc, obr],
    ])
      expect(orders(...each, 'OBX|1|NM|NA^^L||140||||||F')).toMatchObject([{ status: 'completed' }]);
  });

  it('reads a range of values (VR) as its two ends', () => {
    const one = told('ORU^R01^ORU_R01', `OBR|1|P-1^HIS||CHEM^^L${final}`, 'OBX|1|VR|NA^^L||135^145||||||F');
    expect(resourcesOf(one, 'Observation')).toMatchObject([{ valueString: '135-145' }]);
  });

  it('takes what was observed of the patient of an appointment for an Observation', () => {
    const one = told('SIU^S12^SIU_S12', 'OBX|1|NM|8867-4^Heart rate^LN||72|/min^^UCUM|||||F|||20260305', 'SCH|A-1^HIS');
    expect(resourcesOf(one, 'Observation')).toMatchObject([{ code: { coding: [{ code: '8867-4' }] } }]);
  });
});
