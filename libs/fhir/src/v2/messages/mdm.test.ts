import { describe, expect, it } from '@jest/globals';
import { assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

interface Told {
  readonly trigger: string;
  readonly hour: string;
  readonly number: string;
  readonly parent?: string;
  readonly status?: string;
  readonly content?: readonly string[];
}

/** One message about a document of one patient. */
function told({ trigger, hour, number, parent = '', status = 'AU||AV', content = [] }: Told) {
  const txa = `TXA|1|CN|TX|20260312080000||20260312081000|||D-7^WRITER^WIM|||${number}^TRANS|${parent}||||${status}`;
  const structure = content.length > 0 ? 'MDM_T02' : 'MDM_T01';
  const header = `MSH|^~\\&|TRANS|MPK|||20260312${hour}0000||MDM^${trigger}^${structure}|M-${trigger}-${hour}|P|2.5.1`;
  return message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', txa, ...content);
}

const text = (line: string) => [`OBX|1|TX|NOTE^Note^L||${line}||||||F`];
const documents = (...messages: readonly ReturnType<typeof told>[]) =>
  assembled(
    ...messages.map((one) => mapMessage(one, contextOf(one)).flatMap((event) => event.resources.statements)),
  ).filter(({ resourceType }) => resourceType === 'DocumentReference');
const contentOf = (document: unknown) =>
  (document as { content: { attachment: { data?: string } }[] }).content.map(({ attachment: { data } }) =>
    data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8'),
  );
const first = told({ trigger: 'T02', hour: '09', number: 'DOC-1', content: text('All is well') });

describe('a document over its messages', () => {
  it('is one, from its notice to its content and its authentication', () => {
    const notice = told({ trigger: 'T01', hour: '08', number: 'DOC-1', status: 'DO||UN' });
    const signed = told({ trigger: 'T03', hour: '10', number: 'DOC-1', status: 'LA||' });
    const [document, ...others] = documents(notice, first, signed);
    expect(others).toEqual([]);
    expect(document).toMatchObject({ status: 'current', docStatus: 'final' });
    expect(contentOf(document)).toEqual(['All is well']);
  });

  it('keeps its content when it is cancelled, and is never relied on again', () => {
    const [document] = documents(first, told({ trigger: 'T11', hour: '10', number: 'DOC-1' }));
    expect(document).toMatchObject({ status: 'entered-in-error', docStatus: 'entered-in-error' });
    expect(contentOf(document)).toEqual(['All is well']);
  });

  it('superseded, leads back from what replaces it', () => {
    const next = told({
      trigger: 'T10',
      hour: '10',
      number: 'DOC-2',
      parent: 'DOC-1^TRANS',
      content: text('Not well'),
    });
    const [old, replacement] = documents(first, next);
    expect(old).toMatchObject({ status: 'superseded', masterIdentifier: { value: 'DOC-1' } });
    expect(replacement).toMatchObject({
      status: 'current',
      relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${old?.id}` } }],
    });
  });

  it('stays current beside its addendum', () => {
    const next = told({ trigger: 'T06', hour: '10', number: 'DOC-3', parent: 'DOC-1^TRANS', content: text('PS') });
    const [old, addendum] = documents(first, next);
    expect(old).toMatchObject({ status: 'current' });
    expect(addendum).toMatchObject({ relatesTo: [{ code: 'appends' }] });
  });

  it('edited, has the new text alone', () => {
    const edited = told({ trigger: 'T08', hour: '10', number: 'DOC-1', content: text('All is very well') });
    expect(contentOf(documents(first, edited)[0])).toEqual(['All is very well']);
  });

  it('joins its lines and keeps each encapsulated part', () => {
    const content = [...text('one'), ...text('two'), 'OBX|3|ED|PDF^Scan^L||^AP^PDF^Base64^QUJD||||||F'];
    const one = told({ trigger: 'T02', hour: '09', number: 'DOC-9', content });
    const [document] = documents(one);
    const [binary] = assembled(mapMessage(one, contextOf(one))[0]?.resources.statements ?? []).filter(
      ({ resourceType }) => resourceType === 'Binary',
    );
    expect(contentOf(document)).toEqual(['one\ntwo', undefined]);
    expect(document).toMatchObject({ content: [{}, { attachment: { url: `Binary/${binary?.id ?? ''}`, size: 3 } }] });
    expect(binary).toMatchObject({ contentType: 'application/pdf', data: 'QUJD' });
  });
});

describe('the orders before a document', () => {
  const lines = (txa14: string) => [
    'ORC|RE|PL-1^HIS|FI-1^TRANS||CM|||||||D-9^ASKER^ANN^^^^^^MPK',
    'OBR|1|PL-1^HIS|FI-1^TRANS|11488-4^Consult^LN',
    'ORC|RE|PL-2^HIS',
    'OBR|2|PL-2^HIS||18842-5^Discharge^LN',
    `TXA|1|CN|TX|20260312080000||20260312081000||||||DOC-1^TRANS||${txa14}|||AU||AV`,
    'OBX|1|TX|NOTE^Note^L||Well||||||F',
  ];
  const resources = (txa14: string) => {
    const header = 'MSH|^~\\&|TRANS|MPK|||20260312080000||MDM^T02^MDM_T02|M-1|P|2.5.1';
    const one = message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', ...lines(txa14));
    return assembled(mapMessage(one, contextOf(one)).flatMap((event) => event.resources.statements));
  };
  const relatedTo = (txa14: string) => {
    const [document] = resources(txa14).filter(({ resourceType }) => resourceType === 'DocumentReference');
    const { related } = document?.['context'] as { related: { identifier?: { value: string } }[] };
    return related.map(({ identifier }) => identifier?.value);
  };

  it('are requests, with their status, what was asked for and by whom', () => {
    const requests = resources('').filter(({ resourceType }) => resourceType === 'ServiceRequest');
    expect(requests).toMatchObject([
      { status: 'completed', code: { coding: [{ code: '11488-4' }] }, requester: { identifier: { value: 'D-9' } } },
      { code: { coding: [{ code: '18842-5' }] } },
    ]);
  });

  it('are what it is related to, with the order of TXA-14 once', () => {
    expect(relatedTo('')).toEqual(['PL-1', 'PL-2']);
    expect(relatedTo('PL-2^HIS')).toEqual(['PL-1', 'PL-2']);
    expect(relatedTo('PL-9^HIS')).toEqual(['PL-9', 'PL-1', 'PL-2']);
  });
});
