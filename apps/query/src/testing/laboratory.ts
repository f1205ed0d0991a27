import { createHash } from 'node:crypto';
import type { DeliveredRecord } from '@anamnesis/bus';
import { type CodeTranslation, eventId, type ReceivedEvent, type SourceFact } from '@anamnesis/core';
import { mapMeant, sourceContext } from '@anamnesis/fhir';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from './chart-builder.js';

export const localSystem = 'urn:anamnesis:TEST-LAB:L';
const loinc = 'http://loinc.org';

/** A row of the laboratory's table. */
export function means(code: string, standard: string): CodeTranslation {
  return { system: localSystem, code, to: { system: loinc, code: standard } };
}

export interface Sent {
  readonly controlId: string;
  readonly order?: string;
  readonly code?: string;
  readonly status?: string;
  /** Minute of 9 March 2026, 12:00 UTC on. */
  readonly minute?: number;
  /** PID-16; the laboratory writes it as it likes. */
  readonly marital?: string;
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
    const message = parseMessage(raw);
    const context = sourceContext({ source, authorities: { authority: () => undefined }, deploymentKey, receivedAt });
    const [event] = mapMeant(message, context, source.corrections).events;
    if (event === undefined) throw new Error('a message is at least one event');
    const rawDigest = createHash('sha256').update(raw).digest();
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
      raw: { mediaType: 'application/hl7-v2', charset: message.charset.name, digest: rawDigest.toString('hex') },
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
    '',
  ].join('\r');
}
