import { createHash } from 'node:crypto';
import type { DeliveredRecord } from '@anamnesis/bus';
import { type CodeTranslation, type DetachedPart, eventId, type ReceivedEvent, type SourceFact } from '@anamnesis/core';
import { mapMeant, sourceContext } from '@anamnesis/fhir';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from './chart-builder.js';

export const localSystem = 'urn:anamnesis:TEST-LAB:L';
const loinc = 'http://loinc.org';

/** A row of the laboratory's table. */
export function means(code: string, standard: string): CodeTranslation {
  return { system: localSystem, code, to: { system: loinc, code: standard } };
}

/** What stands before the letter. */
const letterPlace = '^Base64^';

export interface Sent {
  readonly controlId: string;
  readonly order?: string;
  readonly code?: string;
  readonly status?: string;
  /** Minute of 9 March 2026, 12:00 UTC on. */
  readonly minute?: number;
  /** PID-16; the laboratory writes it as it likes. */
  readonly marital?: string;
  /** A letter that comes with it, and is taken out at intake. */
  readonly letter?: Buffer;
}

/** A source that names its tests by codes of its own, with the events that an adapter makes of its messages. */
export class Laboratory {
  source: SourceFact = {
    kind: 'source',
    id: 'b'.repeat(16),
    facility: 'TEST-LAB',
    application: 'LIS',
    state: 'active',
    isOpen: true,
    addresses: [],
    zone: 'UTC',
    authorityByNamespace: {},
    messageTypes: [],
    processingIds: ['P'],
    acknowledgement: 'auto',
    closesWhenUnavailable: false,
  };

  constructor(private readonly build: ChartBuilder) {}

  /** From here on its messages are mapped with the next version of its table. */
  translate(...rows: readonly CodeTranslation[]): SourceFact {
    this.source = { ...this.source, codes: { version: (this.source.codes?.version ?? 0) + 1, rows } };
    return this.source;
  }

  /** A result as it is certified, mapped with the table that `source` has; by default the present one. */
  sends(sent: Sent, source: SourceFact = this.source): DeliveredRecord {
    const raw = Buffer.from(textOf(sent), 'utf8');
    const receivedAt = timeOf(sent).toISOString();
    const { deploymentKey } = this.build;
    const detached = sent.letter === undefined ? [] : [letterIn(raw, sent.letter)];
    const message = parseMessage(raw, { detached });
    const context = sourceContext({ source, authorities: { authority: () => undefined }, deploymentKey, receivedAt });
    const [event] = mapMeant(message, context, source.corrections).events;
    if (event === undefined) throw new Error('a message is at least one event');
    const rawDigest = createHash('sha256').update(wholeOf(raw, sent)).digest();
    const { facility, application, codes } = source;
    const parts = { facility, application, messageId: sent.controlId, rawDigest, ordinal: 0 };
    const received: ReceivedEvent = {
      ...event,
      id: eventId(deploymentKey, parts),
      version: 1,
      source: {
        ...{ facility, application, messageId: sent.controlId },
        ...{ protocol: 'hl7v2-mllp', messageType: 'ORU^R01^ORU_R01', authentication: 'none' },
      },
      receivedAt,
      correlationId: `correlation-${sent.controlId}`,
      ordinal: 0,
      raw: {
        ...{ mediaType: 'application/hl7-v2', charset: message.charset.name, digest: rawDigest.toString('hex') },
        ...(detached.length > 0 && { detached, bodyDigest: digestOf(raw) }),
      },
      signature: { algorithm: 'ES256', certificateSerial: '01', value: 'c2lnbmVk' },
      resources: { ...event.resources, ...(codes !== undefined && { tableVersion: codes.version }) },
    };
    return this.build.certify(received, raw);
  }
}

function timeOf({ minute = 0 }: Sent): Date {
  return new Date(Date.parse('2026-03-09T12:00:00.000Z') + minute * 60_000);
}

function textOf(sent: Sent): string {
  const { controlId, order = 'F-1', code = 'GLU', status = 'F', marital = '' } = sent;
  const at = timeOf(sent)
    .toISOString()
    .replace(/[-T:]|\.\d+Z$/g, '');
  return [
    `MSH|^~\\&|LIS|TEST-LAB|||${at}||ORU^R01^ORU_R01|${controlId}|P|2.5.1`,
    `PID|1||TEST-1^^^TEST-LAB^MR||EVERYWOMAN^EVE||19620320|F||||||||${marital}`,
    `OBR|1||${order}|${code}^a test of ours^L|||${at}|||||||||||||||${at}|||${status}`,
    `OBX|1|NM|${code}^a test of ours^L||5.4|mmol/L^^UCUM|||||${status}|||${at}`,
    ...(sent.letter === undefined ? [] : [`OBX|2|ED|LTR^a letter of ours^L||^AP^PDF${letterPlace}||||||${status}`]),
    '',
  ].join('\r');
}

function letterIn(raw: Buffer, letter: Buffer): DetachedPart {
  const value = letter.toString('base64');
  const hash = createHash('sha1').update(letter).digest('base64');
  const document = { digest: digestOf(letter), sizeBytes: letter.length, hash };
  const at = raw.indexOf(letterPlace) + letterPlace.length;
  return { at, sizeBytes: value.length, digest: document.digest, form: 'base64', document };
}

/** All bytes of the message. */
function wholeOf(raw: Buffer, { letter }: Sent): Buffer {
  if (letter === undefined) return raw;
  const { at } = letterIn(raw, letter);
  return Buffer.concat([raw.subarray(0, at), Buffer.from(letter.toString('base64')), raw.subarray(at)]);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
