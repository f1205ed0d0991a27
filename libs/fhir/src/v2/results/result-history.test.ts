import { describe, expect, it } from '@jest/globals';
import { stringifyFhir } from '../../stringify-fhir.js';
import { afterAll, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

interface Report {
  readonly value?: string;
  readonly status: string;
  readonly reportedAt?: string;
  readonly sentAt?: string;
  readonly rest?: string;
}

let sent = 0;

/** Glucose of order F-1, as a laboratory reports it. */
function glucose({ value = '', status, reportedAt = '', sentAt = '20260306120000', rest = '' }: Report) {
  sent++;
  return message(
    `MSH|^~\\&|LIS|LABHYD|||${sentAt}||ORU^R01^ORU_R01|L-${sent}|P|2.5.1`,
    'PID|1||H-77^^^HYD^MR||EVERYWOMAN^EVE',
    `OBR|1|P-1|F-1|1554-5^GLUCOSE^LN|||20260306083000|||||||||||||||${reportedAt}||CH|F`,
    `OBX|1|NM|1554-5^GLUCOSE^LN||${value}|mg/dL|70-105|${rest}|||${status}`,
  );
}

const current = (...reports: readonly Report[]) => {
  const found = afterAll(reports.map(glucose), 'Observation');
  return found && (JSON.parse(stringifyFhir(found)) as Record<string, unknown>);
};
const first: Report = { value: '182', status: 'F', reportedAt: '20260306090000', rest: 'H' };

describe('a result over its reports', () => {
  it('is one observation, whose correction replaces value, flag and range as a whole', () => {
    const corrected = current(first, { value: '98', status: 'C', reportedAt: '20260306100000' });
    expect(corrected).toMatchObject({ status: 'corrected', valueQuantity: { value: 98 } });
    expect(corrected).not.toHaveProperty('interpretation');
  });

  it('has no value once withdrawn', () => {
    const withdrawn = current(first, { value: '182', status: 'W', reportedAt: '20260306100000' });
    expect(withdrawn).toMatchObject({ status: 'entered-in-error' });
    for (const element of ['valueQuantity', 'interpretation', 'referenceRange'])
      expect(withdrawn).not.toHaveProperty(element);
  });

  it('does not go back to a preliminary report that arrives late', () => {
    const late: Report = { value: '181', status: 'P', reportedAt: '20260306084500', sentAt: '20260306130000' };
    expect(current(first, late)).toMatchObject({ status: 'final', valueQuantity: { value: 182 } });
  });

  it('becomes final without a new value (U)', () => {
    const final = current({ ...first, status: 'P' }, { status: 'U', reportedAt: '20260306100000' });
    expect(final).toMatchObject({ status: 'final', valueQuantity: { value: 182 } });
  });

  it('says why there is no value when it cannot be obtained (X)', () => {
    const cancelled = current(first, { status: 'X', reportedAt: '20260306100000' });
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      dataAbsentReason: { coding: [{ code: 'unknown' }, { code: 'X' }] },
    });
    expect(cancelled).not.toHaveProperty('valueQuantity');
  });

  it('keeps its digits', () => {
    const found = afterAll([glucose({ value: '7.10', status: 'F' })], 'Observation');
    expect(stringifyFhir(found)).toContain('"valueQuantity":{"value":7.10,');
  });

  it('names the event by what it did to the results', () => {
    const typeOf = (status: string) =>
      mapMessage(glucose({ value: '1', status }), contextOf(glucose(first))).map(({ type }) => type);
    expect(typeOf('F')).toEqual(['result.reported']);
    expect(typeOf('C')).toEqual(['result.corrected']);
    expect(typeOf('W')).toEqual(['result.withdrawn']);
  });
});

describe('a result reported for the wrong patient', () => {
  const report = (patient: string, status: string, minute: number) =>
    message(
      `MSH|^~\\&|LIS|LABHYD|||2026030612${minute}00||ORU^R01^ORU_R01|W-${minute}|P|2.5.1`,
      `PID|1||${patient}^^^HYD^MR`,
      `OBR|1|P-4|F-4|1554-5^GLUCOSE^LN||||||||||||||||||||CH|${status === 'W' ? 'C' : status}`,
      `OBX|1|NM|1554-5^GLUCOSE^LN||182|mg/dL||${minute === 10 ? 'HH' : ''}|||${status}`,
      'SPM|1|^S-4||BLD',
    );
  const [wrong, right] = [report('H-1', 'F', 10), report('H-2', 'F', 30)];
  const types = ['Observation', 'DiagnosticReport', 'Specimen', 'ServiceRequest'];

  it.each([20, 40])('is the right one, whole, when it is withdrawn from the wrong one at minute %d', (minute) => {
    for (const type of types)
      expect(afterAll([wrong, right, report('H-1', 'W', minute)], type)).toEqual(afterAll([right], type));
  });

  it('stands as corrected under the number of a later report until it is withdrawn under that one', () => {
    const corrected = report('H-2', 'C', 20);
    const withdrawnFrom = (patient: string) => afterAll([wrong, corrected, report(patient, 'W', 40)], 'Observation');
    expect(withdrawnFrom('H-1')).toMatchObject({ status: 'corrected', subject: { identifier: { value: 'H-2' } } });
    expect(withdrawnFrom('H-2')).toMatchObject({ status: 'entered-in-error' });
    expect(withdrawnFrom('H-3')).toMatchObject({ status: 'entered-in-error' });
  });

  it('is withdrawn while no other patient has it', () => {
    expect(afterAll([wrong, report('H-1', 'W', 40)], 'Observation')).toMatchObject({
      status: 'entered-in-error',
      subject: { identifier: { value: 'H-1' } },
    });
  });
});

describe('orders in one message', () => {
  const order = (number: string, code: string, value: string) => [
    `OBR|1||${number}|${code}^^L|||20260306083000||||||||||||||||||F`,
    `OBX|1|NM|${code}^^L||${value}||||||F`,
  ];
  const report = (...segments: readonly string[]) =>
    message('MSH|^~\\&|LIS|LABHYD|||20260306120000||ORU^R01^ORU_R01|M-1|P|2.5.1', 'PID|1||H-77^^^HYD^MR', ...segments);
  const ids = (one: ReturnType<typeof report>, type: string) =>
    mapMessage(one, contextOf(one)).flatMap((event) =>
      event.resources.statements.filter(({ resourceType }) => resourceType === type).map(({ id }) => id),
    );

  it('are told apart by their number, and two of the same number and service by their place', () => {
    const one = report(...order('F-1', 'NA', '140'), ...order('F-2', 'NA', '141'), ...order('F-2', 'NA', '142'));
    expect(new Set(ids(one, 'DiagnosticReport')).size).toBe(3);
    expect(new Set(ids(one, 'Observation')).size).toBe(3);
  });

  it('of two facilities are never one, whatever their numbers', () => {
    const other = { facility: 'LABXYZ' };
    const one = report(...order('F-1', 'NA', '140'));
    const [here, there] = [contextOf(one), contextOf(one, other)].map((context) =>
      mapMessage(one, context).flatMap(({ resources }) =>
        resources.statements.filter((x) => x.resourceType === 'Observation'),
      ),
    );
    expect(here?.[0]?.id).not.toBe(there?.[0]?.id);
  });

  it('keep earlier results listed when one of them is corrected', () => {
    const both = report(
      'OBR|1||F-9|CHEM^^L|||||||||||||||||||||F',
      'OBX|1|NM|NA^^L||140||||||F',
      'OBX|2|NM|K^^L||4.1||||||F',
    );
    const fix = report('OBR|1||F-9|CHEM^^L|||||||||||||||||||||C', 'OBX|2|NM|K^^L||4.2||||||C');
    expect(afterAll([both, fix], 'DiagnosticReport')?.['result']).toHaveLength(2);
  });
});

describe('a document among results', () => {
  const data = 'QUJD'.repeat(1_000_000);
  const sent = (status: string, ...lines: readonly string[]) =>
    message(
      `MSH|^~\\&|LIS|LABHYD|||2026030612000${lines.length}||ORU^R01^ORU_R01|M-2|P|2.5.1`,
      'PID|1||H-77^^^HYD^MR',
      `OBR|1||F-3|DOC^^L|||||||||||||||||||||${status}`,
      ...lines,
    );
  const report = sent('F', `OBX|1|ED|PDF^Letter^L||^AP^PDF^Base64^${data}||||||F`);
  const withdrawn = sent('F', 'OBX|1|ED|PDF^Letter^L||||||||W', 'OBX|2|ST|NOTE^^L||see new letter||||||F');

  it('is a Binary that its report and its own DocumentReference name, and stands in the message once', () => {
    const [event] = mapMessage(report, contextOf(report));
    const id = event?.resources.statements.find(({ resourceType }) => resourceType === 'Binary')?.id ?? '';
    const attachment = { contentType: 'application/pdf', url: `Binary/${id}`, size: 3_000_000 };
    expect(afterAll([report], 'Binary')).toMatchObject({ contentType: 'application/pdf', data });
    expect(afterAll([report], 'DiagnosticReport')).toMatchObject({ presentedForm: [attachment] });
    expect(afterAll([report], 'DocumentReference')).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ code: 'PDF', display: 'Letter' }] },
      content: [{ attachment }],
      context: { related: [{ reference: `DiagnosticReport/${afterAll([report], 'DiagnosticReport')?.id ?? ''}` }] },
    });
    expect(JSON.stringify(event).length).toBeLessThan(data.length + 10_000);
  });

  it('is the same Binary in whichever message of the patient it comes again', () => {
    const letter = message(
      'MSH|^~\\&|TRANS|LABHYD|||20260312080000||MDM^T02^MDM_T02|M-3|P|2.5.1',
      'PID|1||H-77^^^HYD^MR',
      'TXA|1|CN|TX|||||||||DOC-1^TRANS',
      `OBX|1|ED|PDF^Letter^L||^AP^PDF^Base64^${data}||||||F`,
    );
    expect(afterAll([letter], 'Binary')?.id).toBe(afterAll([report], 'Binary')?.id);
  });

  it('keeps its content when it is withdrawn, and says so', () => {
    const [before, after] = [[report], [report, withdrawn]].map((all) => afterAll(all, 'DocumentReference'));
    expect(after).toMatchObject({ status: 'entered-in-error', content: before?.['content'] });
    expect(afterAll([report, withdrawn], 'DiagnosticReport')).not.toHaveProperty('presentedForm');
  });
});
