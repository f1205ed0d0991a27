import { Injectable } from '@nestjs/common';
import { type PatientIdentifier, recordKey, Rejected } from '@anamnesis/core';
import { Keys } from '@anamnesis/runtime';
import { type Message, Store, type TestMessage } from '@anamnesis/store';
import { select } from '../archive/rows.js';
import { dateBounds, type Instants } from '../history/date-bounds.js';
import { all, inList, type Sql } from '../history/search-sql.js';
import type { MessagePosition } from './message-cursor.js';
import type { MessagesQuery } from './messages-query.js';

/** What became of one message. */
export interface MessageView {
  /** Null when it was refused at intake: no event was made of it. */
  readonly eventId: string | null;
  readonly facility: string;
  readonly application: string;
  readonly controlId: string;
  readonly messageType: string;
  readonly receivedAt: string;
  /** `test`: said by a source in testing, and no part of any patient's history. */
  readonly state: 'refused' | 'certified' | 'anchored' | 'test';
  /** Of a refusal, in testing too. Names fields and rules, never values. */
  readonly reason?: string;
  /** Text of it that is missing or in doubt, by place: `PID^1^5: undecodable`. */
  readonly flags?: readonly string[];
}

export interface MessagePage {
  readonly messages: readonly MessageView[];
  /** Absent on the last page. */
  readonly next?: MessagePosition;
  /** Patient records that the question named. */
  readonly recordKeys: readonly string[];
}

export type MessageQuestion = Pick<
  MessagesQuery,
  'controlId' | 'facility' | 'application' | 'identifier' | 'state' | 'since' | 'until'
>;

/** Messages, newest first. What a row is sorted by never changes: pages neither repeat nor skip one that was there. */
@Injectable()
export class MessageList {
  constructor(
    private readonly store: Store,
    private readonly keys: Keys,
  ) {}

  async page(question: MessageQuestion, count: number, after?: MessagePosition): Promise<MessagePage> {
    const { identifier, state } = question;
    // Nobody finds a test by the number of a patient.
    if (state === 'test' && identifier !== undefined) return { messages: [], recordKeys: [] };
    const recordKeys = identifier === undefined ? undefined : await this.#recordsWith(numberOf(identifier));
    const { text, values } = all([
      ...questionSql(question),
      ...(recordKeys === undefined ? [] : [inList('recordKey', recordKeys)]),
      ...(after === undefined ? [] : [afterSql(after)]),
    ]);
    const table = state === 'test' ? 'test_message' : 'message';
    const sql = `SELECT * FROM ${table} WHERE ${text} ORDER BY receivedAt DESC, id DESC LIMIT ?`;
    const rows = await select<Message | TestMessage>(this.store.reader.manager, sql, [...values, count + 1]);
    const shown = rows.slice(0, count);
    const last = shown.at(-1);
    return {
      messages: shown.map(viewOf),
      recordKeys: recordKeys ?? [],
      ...(rows.length > count && last !== undefined && { next: { receivedAt: last.receivedAt, id: last.id } }),
    };
  }

  /** The record of the number itself, known or not yet, and those whose patient carries it as another identifier. */
  async #recordsWith({ system, value }: Partial<PatientIdentifier> & { value: string }): Promise<readonly string[]> {
    const { manager } = this.store.reader;
    const own = await select<{ recordKey: string }>(
      manager,
      // With its table's name before it: on MySQL `system` alone is a word of the language.
      `SELECT c.recordKey FROM chart_record c WHERE c.value = ?${system === undefined ? '' : ' AND c.system = ?'}
        UNION SELECT r.recordKey FROM resource_index i JOIN chart_record r ON r.patientId = i.resourceId
        WHERE i.resourceType = 'Patient' AND i.param = 'identifier' AND i.value = ?${system === undefined ? '' : ' AND i.system = ?'}`,
      [value, system, value, system].filter((one) => one !== undefined).map((one) => one.slice(0, 255)),
    );
    const keyed = system === undefined ? [] : [recordKey(this.keys.deploymentKey, { system, value })];
    return [...new Set([...keyed, ...own.map((row) => row.recordKey)])];
  }
}

function questionSql({ controlId, facility, application, since, until, ...question }: MessageQuestion): readonly Sql[] {
  // Test messages are in a table of their own.
  const state = question.state === 'test' ? undefined : question.state;
  const equal = Object.entries({ controlId, facility, application, state }).flatMap(([column, value]) =>
    value === undefined ? [] : [{ text: `${column} = ?`, values: [value] }],
  );
  return [
    ...equal,
    ...(since === undefined ? [] : [{ text: 'receivedAt >= ?', values: [instantsOf('since', since).from] }]),
    ...(until === undefined ? [] : [{ text: 'receivedAt <= ?', values: [instantsOf('until', until).until] }]),
  ];
}

function afterSql({ receivedAt, id }: MessagePosition): Sql {
  return { text: '(receivedAt < ? OR (receivedAt = ? AND id < ?))', values: [receivedAt, receivedAt, id] };
}

function instantsOf(name: string, text: string): Instants {
  const bounds = dateBounds(text);
  if (bounds === undefined) throw new Rejected('invalid-request', `${name} is not a date or instant of ISO 8601`);
  return bounds;
}

function numberOf(identifier: string): { readonly system?: string; readonly value: string } {
  const bar = identifier.indexOf('|');
  if (bar < 0) return { value: identifier };
  return { system: identifier.slice(0, bar), value: identifier.slice(bar + 1) };
}

function viewOf(row: Message | TestMessage): MessageView {
  const { facility, application, controlId, messageType, receivedAt, reason } = row;
  const { eventId, state, flags } = 'state' in row ? row : { eventId: row.id, state: 'test' as const, flags: null };
  return {
    eventId,
    facility,
    application,
    controlId,
    messageType,
    receivedAt,
    state,
    ...(reason !== null && { reason }),
    ...(flags !== null && { flags: flags.split(', ') }),
  };
}
