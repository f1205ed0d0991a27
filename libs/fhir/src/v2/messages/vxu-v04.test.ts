import { describe, expect, it } from '@jest/globals';
import { afterAll, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

interface Shot {
  readonly at?: string;
  readonly orc?: string;
  readonly code?: string;
  readonly rest?: string;
}

let sent = 0;

/** A vaccination of one child; `rest` are the fields from RXA-15 on. */
function vaccination({ at = '20260310100000', orc = 'ORC|RE||VF-1^REG', code = '03^MMR^CVX', rest = '' }: Shot) {
  sent++;
  return message(
    `MSH|^~\\&|REG|MPK|||${at}||VXU^V04^VXU_V04|V-${sent}|P|2.5.1`,
    'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE',
    orc,
    `RXA|0|1|20260310|20260310|${code}|0.5|mL|||||||${rest}`,
  );
}

const ids = (one: ReturnType<typeof vaccination>) =>
  mapMessage(one, contextOf(one)).flatMap(({ resources }) =>
    resources.statements.filter(({ resourceType }) => resourceType === 'Immunization').map(({ id }) => id),
  );
const typeOf = (one: ReturnType<typeof vaccination>) => mapMessage(one, contextOf(one))[0]?.type;

describe('an immunization over its messages', () => {
  it('is one, whatever an update corrects', () => {
    const first = vaccination({ rest: '|LOT-1|||||CP|A' });
    const update = vaccination({ at: '20260310110000', code: '94^MMRV^CVX', rest: '|LOT-2|||||CP|U' });
    expect(ids(update)).toEqual(ids(first));
    expect(afterAll([first, update], 'Immunization')).toMatchObject({ lotNumber: 'LOT-2', status: 'completed' });
  });

  it('stays visible as never so when it is deleted, in either order of arrival', () => {
    const first = vaccination({ rest: '|LOT-1|||||CP|A' });
    const deleted = vaccination({ at: '20260310110000', rest: '||||||CP|D' });
    for (const both of [
      [first, deleted],
      [deleted, first],
    ])
      expect(afterAll(both, 'Immunization')).toMatchObject({ status: 'entered-in-error', lotNumber: 'LOT-1' });
  });

  it('without a number is known by vaccine and time', () => {
    const [one, again] = [vaccination({ orc: 'ORC|RE||9999^REG' }), vaccination({ orc: 'ORC|RE' })];
    const other = vaccination({ orc: 'ORC|RE', code: '08^HepB^CVX' });
    expect(ids(again)).toEqual(ids(one));
    expect(ids(other)).not.toEqual(ids(one));
  });

  it.each([
    ['||||||RE', 'not-done', 'RE'],
    ['||||||NA', 'not-done', 'NA'],
    ['||||00^Parental decision^NIP002', 'not-done', '00'],
  ])('is a record too when nothing was given: %s', (rest, status, reason) => {
    expect(afterAll([vaccination({ rest })], 'Immunization')).toMatchObject({
      status,
      statusReason: { coding: [{ code: reason }] },
    });
  });

  it('is never given where the vaccine is "none administered"', () => {
    expect(afterAll([vaccination({ code: '998^None^CVX', rest: '||||||CP' })], 'Immunization')).toMatchObject({
      status: 'not-done',
    });
  });

  it('names the event by what all of the message says', () => {
    expect(typeOf(vaccination({ rest: '||||||CP' }))).toBe('immunization.given');
    expect(typeOf(vaccination({ rest: '||||||RE' }))).toBe('immunization.refused');
    expect(typeOf(vaccination({ rest: '||||||CP|D' }))).toBe('immunization.withdrawn');
  });
});
