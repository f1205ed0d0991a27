import type { Writable } from '@anamnesis/core';
import type { Repetition } from '@anamnesis/hl7v2';
import type { ContactPoint } from '../../fhir-types.js';
import { valued } from '../compact.js';
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
  const parts = xtn.texts;
  const at = (n: number) => parts[n - 1] ?? '';
  const equipment = at(3).trim().toUpperCase();
  const mail = valued(at(4));
  const phone = phoneNumber(at);
  const isMail = systems.get(equipment) === 'email' || (mail !== undefined && phone === undefined);
  const value = isMail ? (mail ?? phone) : phone;
  if (value === undefined) return undefined;
  const use = useOf(equipment, at(2)) ?? useDefault;
  const contact: Writable<ContactPoint> = { system: isMail ? 'email' : systemOf(equipment, at(2), value), value };
  if (use !== undefined) contact.use = use;
  return parts.length < 13 ? contact : whole(contact, at, times);
}

function useOf(equipment: string, use: string): string | undefined {
  return equipment === 'CP' ? 'mobile' : uses.get(use);
}

/** With its rank and the time that it is good for. */
function whole(contact: ContactPoint, at: (n: number) => string, times: Times): ContactPoint {
  const rank = rankOf(at(18));
  const period = times.period(at(13), at(14));
  return { ...contact, ...(rank !== undefined && { rank }), ...(period && { period }) };
}

/** An address with an @ in the place of a number is a mail address: what senders before XTN.4 did. */
function systemOf(equipment: string, use: string, value: string): string {
  const listed = systems.get(equipment);
  if (listed !== undefined) return listed;
  if (use === 'NET' || value.includes('@')) return 'email';
  return use === 'BPN' ? 'pager' : 'phone';
}

/**
 * XTN.7 with XTN.5, XTN.6 and XTN.8 (2.3 on), else XTN.12, else XTN.1. A local number without its area (XTN.6) is no whole
 * one: XTN.12, the number as it is dialled, goes before it.
 */
function phoneNumber(at: (n: number) => string): string | undefined {
  const [local, unformatted, area] = [valued(at(7)), valued(at(12)), valued(at(6))];
  const isWhole = local !== undefined && area !== undefined;
  if (unformatted !== undefined && !isWhole) return unformatted;
  if (local === undefined) return valued(at(1));
  const [country, extension] = [valued(at(5)), valued(at(8))];
  const dialled = area === undefined ? local : `${area} ${local}`;
  const prefixed = country === undefined ? dialled : `${country.startsWith('+') ? '' : '+'}${country} ${dialled}`;
  return extension === undefined ? prefixed : `${prefixed} X${extension}`;
}

/** XTN.18 is a positive integer. */
function rankOf(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
