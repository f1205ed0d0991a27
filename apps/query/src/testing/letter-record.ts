import { createHash } from 'node:crypto';
import type { DeliveredRecord } from '@anamnesis/bus';
import type { ContentStore } from '@anamnesis/content';
import {
  carriedDigest,
  type PatientIdentifier,
  type ReceivedEvent,
  signedBytes,
  type Statement,
} from '@anamnesis/core';
import { storedContentUrl } from '@anamnesis/fhir';
import { certifiedOf, type ChartBuilder } from './chart-builder.js';

export interface Letter {
  readonly record: DeliveredRecord;
  readonly binaryId: string;
  /** All bytes of its message. */
  readonly original: Buffer;
}

interface LetterOptions {
  readonly build: ChartBuilder;
  readonly content: ContentStore;
  readonly subject: PatientIdentifier;
  readonly document: Buffer;
  readonly contentType?: string;
}

/** A certified message whose one document was detached into the content store, as the adapter would have left it. */
export async function letterRecord(options: LetterOptions): Promise<Letter> {
  const { build, content, subject, document, contentType = 'application/pdf' } = options;
  const digest = digestOf(document);
  await content.put({ digest, sizeBytes: document.length, pieces: () => [document] });
  const binary = binaryOf(options, { digest, contentType });
  const made = build.certified({ subject, patient: { gender: 'female' }, statements: [binary] });
  const rest = Buffer.from(made.body);
  const at = rest.length - 1;
  const value = document.toString('base64');
  const original = Buffer.concat([rest.subarray(0, at), Buffer.from(value), rest.subarray(at)]);
  const hash = createHash('sha1').update(document).digest('base64');
  const stored = { digest, sizeBytes: document.length, hash };
  const { event, certification } = certifiedOf(made);
  const raw: ReceivedEvent['raw'] = {
    ...event.raw,
    digest: digestOf(original),
    bodyDigest: carriedDigest(event),
    detached: [{ at, sizeBytes: value.length, digest, form: 'base64', document: stored }],
  };
  const whole = { ...event, raw };
  const header = {
    event: whole,
    certification: { ...certification, headerDigest: digestOf(signedBytes(whole)) },
  };
  return { record: { ...made, header }, binaryId: binary.id, original };
}

function binaryOf(
  { build, document }: LetterOptions,
  { digest, contentType }: { readonly digest: string; readonly contentType: string },
): Statement {
  const extension = [
    { url: 'digest', valueString: digest },
    { url: 'sizeBytes', valueDecimal: document.length },
  ];
  const slots = { contentType, _data: { extension: [{ url: storedContentUrl, extension }] } };
  return build.statement('Binary', digest, { slots });
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
