import type { Repetition } from '@anamnesis/hl7v2';
import type { ContactPoint } from '../../fhir-types.js';
import { compact, firstValued, valued, valuedAll } from '../compact.js';
import { codeMap } from '../tables/code-map.js';
import type { Times } from '../times.js';

/** HL7 table 0201. */
const uses = codeMap({ PRN: 'home', WPN: 'work', PRS: 'mobile' });

/** HL7 table 0202; a cellular phone is a phone whose use is mobile. */
const systems = codeMap({
  PH: 'phone',
  CP: 'phone',
  FX: 'fax',
  BP: 'pager',
  INTERNET: 'email',
  'X.400': 'email',
  MD: 'other',
  SAT: 'other',
  TDD: 'other',
  TTY: 'other',
});

/** XTN. `useDefault` is what the field itself says: home for PID-13, work for PID-14. */
export function contactPoint(xtn: Repetition, times: Times, useDefault?: string): ContactPoint | undefined {
  const equipment = xtn.text(3).trim().toUpperCase();
  const mail = firstValued(xtn.text(4));
  const phone = phoneNumber(xtn);
  const isMail = systems.get(equipment) === 'email' || (mail !== undefined && phone === undefined);
  const value = isMail ? (mail ?? phone) : phone;
  if (value === undefined) return undefined;
  const use = equipment === 'CP' ? 'mobile' : (uses.get(xtn.text(2)) ?? useDefault);
  return compact({
    system: isMail ? 'email' : (systems.get(equipment) ?? systemOf(xtn, value)),
    value,
    use,
    rank: rank(xtn.text(18)),
    period: times.period(xtn.text(13), xtn.text(14)),
  });
}

/** An address with an @ in the place of a number is a mail address: what senders before XTN.4 did. */
function systemOf(xtn: Repetition, value: string): string {
  if (xtn.text(2) === 'NET' || value.includes('@')) return 'email';
  return xtn.text(2) === 'BPN' ? 'pager' : 'phone';
}

/**
 * XTN.7 with XTN.5, XTN.6 and XTN.8 (2.3 on), else XTN.12, else XTN.1. A local number without its area (XTN.6) is no whole
 * one: XTN.12, the number as it is dialled, goes before it.
 */
function phoneNumber(xtn: Repetition): string | undefined {
  const [local, unformatted] = [valued(xtn.text(7)), valued(xtn.text(12))];
  const isWhole = local !== undefined && valued(xtn.text(6)) !== undefined;
  if (unformatted !== undefined && !isWhole) return unformatted;
  if (local === undefined) return valued(xtn.text(1));
  const country = valued(xtn.text(5))?.replace(/^\+?/, '+');
  const extension = valued(xtn.text(8));
  const parts = [country, ...valuedAll([xtn.text(6)]), local, extension && `X${extension}`];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** XTN.18 is a positive integer. */
function rank(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
