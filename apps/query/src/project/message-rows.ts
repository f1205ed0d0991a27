import type { IntakeRefusal, SignedHeader } from '@anamnesis/core';
import type { Message } from '@anamnesis/store';
import { textFlagsOf } from '../history/text-flags.js';
import type { FactOf, Placed, RefusedEvent } from './facts.js';

/** Rows of `/messages`. Names are cut to their columns; nothing of a patient is in them. */
export function certifiedRow({ header, seq }: Placed<FactOf<'certified'>>, isAnchored: boolean): Message {
  const { event, certification } = header;
  return Object.assign(eventColumns(event), {
    state: isAnchored ? ('anchored' as const) : ('certified' as const),
    code: null,
    reason: null,
    recordKey: certification.person === undefined ? null : certification.recordKey,
    mapping: cut(event.resources.name, 64),
    seq,
    tableVersion: event.resources.tableVersion ?? null,
    flags: flagsIn(event.resources.warnings),
  });
}

export function refusedRow({ header, seq }: { readonly header: RefusedEvent; readonly seq: number }): Message {
  return {
    ...eventColumns(header),
    state: 'refused',
    code: cut(header.refusal.code, 40),
    reason: cut(header.refusal.reason, 500),
    recordKey: header.recordKey ?? null,
    mapping: cut(header.mapping, 64),
    seq,
    tableVersion: null,
    flags: null,
  };
}

export function intakeRow({ header, seq }: { readonly header: IntakeRefusal; readonly seq: number }): Message {
  return {
    id: cut(header.id, 64),
    eventId: null,
    facility: cut(header.facility, 255),
    application: cut(header.application, 255),
    controlId: cut(header.controlId, 255),
    messageType: cut(header.messageType, 64),
    receivedAt: cut(header.receivedAt, 24),
    state: 'refused',
    code: `${header.answer} ${header.condition}`,
    reason: cut(header.location === '' ? header.reason : `${header.location}: ${header.reason}`, 500),
    recordKey: null,
    type: null,
    mapping: null,
    correlationId: null,
    seq,
    tableVersion: null,
    flags: null,
  };
}

function eventColumns(event: SignedHeader) {
  return {
    id: event.id,
    eventId: event.id,
    facility: cut(event.source.facility, 255),
    application: cut(event.source.application, 255),
    controlId: cut(event.source.messageId, 255),
    messageType: cut(event.source.messageType, 64),
    receivedAt: cut(event.receivedAt, 24),
    type: cut(event.type, 64),
    correlationId: cut(event.correlationId, 64),
  };
}

/** As many as the column holds, each of them whole. */
function flagsIn(warnings: readonly string[]): string | null {
  let flags = '';
  for (const one of textFlagsOf(warnings)) {
    const more = flags === '' ? one : `${flags}, ${one}`;
    if (more.length > 500) break;
    flags = more;
  }
  return flags === '' ? null : flags;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}
