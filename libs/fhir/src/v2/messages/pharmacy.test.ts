import { describe, expect, it } from '@jest/globals';
import { afterAll, assembled, contextOf, message } from '../../test-context.js';
import { mapMessage } from '../map-message.js';

let sent = 0;

/** One message of a pharmacy or a ward about prescription RX-1. */
function told(type: string, at: string, ...segments: readonly string[]) {
  sent++;
  const header = `MSH|^~\\&|PHARM|MPK|||${at}||${type}|P-${sent}|P|2.5.1`;
  return message(header, 'PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE', 'ORC|RE|RX-1^CPOE|PH-1^PHARM', ...segments);
}

const resourcesOf = (one: ReturnType<typeof told>, type: string) =>
  mapMessage(one, contextOf(one))
    .flatMap(({ resources }) => assembled(resources.statements))
    .filter(({ resourceType }) => resourceType === type);
const dose = (fields: string) => `RXA|1|1|20260314180500||INF^Cefazolin^L|1|g|${fields}`;
const given = (at: string, fields: string) => told('RAS^O17^RAS_O17', at, dose(fields));

describe('what became of a prescription', () => {
  it('hangs on it by the number of its order', () => {
    const order = told('RDE^O11^RDE_O11', '20260314080000', 'RXE||INF^Cefazolin^L|1||g');
    const [prescription] = resourcesOf(order, 'MedicationRequest');
    const reference = `MedicationRequest/${prescription?.id}`;
    const handedOver = told('RDS^O13^RDS_O13', '20260314120000', 'RXD|1|INF^Cefazolin^L|20260314115000|6|BAG');
    const toGive = told('RGV^O15^RGV_O15', '20260314130000', 'RXG|1|1|^^^20260314180000|INF^Cefazolin^L|1||g');
    expect(resourcesOf(handedOver, 'MedicationDispense')).toMatchObject([{ authorizingPrescription: [{ reference }] }]);
    expect(resourcesOf(given('20260314183000', ''), 'MedicationAdministration')).toMatchObject([
      { request: { reference } },
    ]);
    expect(resourcesOf(toGive, 'MedicationRequest').find(({ id }) => id !== prescription?.id)).toMatchObject({
      intent: 'instance-order',
      basedOn: [{ reference }],
    });
  });

  it('is never told as given before it was', () => {
    const toGive = told('RGV^O15^RGV_O15', '20260314130000', 'RXG|1|1|^^^20260314180000|INF^Cefazolin^L|1||g');
    expect(resourcesOf(toGive, 'MedicationAdministration')).toEqual([]);
  });

  it.each([
    ['||||||||||||CP', 'completed'],
    ['||||||||||PR^Refused^L||RE', 'not-done'],
    ['||||||||||||NA', 'not-done'],
    ['||||||||||||ZZ', 'unknown'],
  ])('with RXA %s is %s', (fields, status) => {
    expect(afterAll([given('20260314183000', fields)], 'MedicationAdministration')).toMatchObject({ status });
  });

  it('is one administration when it is sent again, and never so once deleted', () => {
    const both = [given('20260314183000', '||||||||||||CP|A'), given('20260314190000', '||||||||||||CP|D')];
    expect(afterAll(both, 'MedicationAdministration')).toMatchObject({ status: 'entered-in-error' });
  });

  it('takes the route that follows the last dose of the order for each', () => {
    const second = 'RXA|2|1|20260315020500||INF^Cefazolin^L|1|g';
    const found = resourcesOf(
      told('RAS^O17^RAS_O17', '20260315030000', dose(''), second, 'RXR|IV'),
      'MedicationAdministration',
    );
    expect(found).toMatchObject([{ dosage: { route: {} } }, { dosage: { route: {} } }]);
  });
});
