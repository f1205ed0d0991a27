import { randomBytes } from 'node:crypto';
import { base32, Rejected, type SourceFact } from '@anamnesis/core';
import { enrolmentOf } from '@anamnesis/runtime';
import { insertRows, Source, SourceContact } from '@anamnesis/store';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { phaseOfNew } from '../phases/phase-of-new.js';
import { insertSource, parseSourceFact } from './source-fact.js';

export interface Sender {
  readonly facility: string;
  readonly application: string;
  /** From which it connected. */
  readonly address: string;
  /** The client certificate that it came with, `sha256:<hex>`. */
  readonly certificate?: string;
}

export interface ContactAnswer {
  readonly state: 'active' | 'pending';
  readonly source?: SourceFact;
}

/** The open sandbox takes every processing id. */
const openProcessingIds = ['P', 'T', 'D'];

/**
 * A sender made contact. A known one gets its source again, however often and from however many sides it asks; an unknown
 * one is enrolled at once (open) or listed for an operator, with the certificate it came with. Throws `Rejected('unknown-source')` at the limit.
 */
export async function contact(registration: Registration, sender: Sender): Promise<ContactAnswer> {
  const binding = { facility: sender.facility, application: sender.application };
  const known = await registration.store.reader.manager.findOneBy(Source, binding);
  if (known !== null) return answerOf(parseSourceFact(known));
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(Source, binding);
    if (row !== null) return answerOf(parseSourceFact(row));
    if (enrolmentOf(registration.settings) === 'approve') return list(registration, turn, sender);
    if ((await turn.manager.countBy(Source, { isOpen: true })) >= registration.settings.OPEN_SOURCES_MAX)
      throw new Rejected('unknown-source', 'the sandbox has as many sources as it may');
    const open = { isOpen: true, processingIds: openProcessingIds, ...bound(sender.certificate) };
    return answerOf(await insertSource(turn, binding, open));
  });
}

export async function listContacts({ store }: Registration): Promise<readonly SourceContact[]> {
  return store.reader.manager.find(SourceContact, { order: { firstAt: 'ASC' }, take: 1000 });
}

/** Makes a source of a listed sender, a draft, with the defaults of a new source, bound to the certificate that it last came with. */
export async function approveContact(registration: Registration, id: string): Promise<SourceFact> {
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(SourceContact, { id });
    if (row === null) throw new Rejected('not-found', 'no such contact');
    const { facility, application, certificate } = row;
    await turn.manager.delete(SourceContact, { id });
    const known = await turn.manager.findOneBy(Source, { facility, application });
    if (known !== null) return parseSourceFact(known);
    const made = { ...phaseOfNew(registration.settings), ...bound(certificate) };
    return insertSource(turn, { facility, application }, made);
  });
}

function bound(certificate: string | null | undefined): { readonly certificates?: readonly string[] } {
  return certificate === null || certificate === undefined ? {} : { certificates: [certificate] };
}

function answerOf(source: SourceFact): ContactAnswer {
  // A suspended source and a draft are known and may not send: an operator decides.
  return source.state === 'active' && source.phase !== 'draft' ? { state: 'active', source } : { state: 'pending' };
}

async function list({ settings }: Registration, turn: Turn, sender: Sender): Promise<ContactAnswer> {
  const { facility, application, address } = sender;
  const seen = { address, certificate: sender.certificate ?? null, lastAt: turn.at };
  const row = await turn.manager.findOneBy(SourceContact, { facility, application });
  if (row !== null) {
    await turn.manager.update(SourceContact, { id: row.id }, { ...seen, attempts: row.attempts + 1 });
  } else if ((await turn.manager.count(SourceContact)) < settings.CONTACTS_MAX) {
    const id = base32(randomBytes(10));
    const made = { id, facility, application, ...seen, firstAt: turn.at, attempts: 1 };
    await insertRows(turn.manager, SourceContact, [made]);
  }
  return { state: 'pending' };
}
