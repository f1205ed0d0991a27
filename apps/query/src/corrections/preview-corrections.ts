import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Corrections, Rejected, type SourceFact, writePreviewToken } from '@anamnesis/core';
import { readCorrections, sourceContext } from '@anamnesis/fhir';
import { type Message, MessageError, parseAgain, parseMessage } from '@anamnesis/hl7v2';
import { Keys } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { Archive } from '../archive/archive.js';
import { KnownSources } from '../remap/known-sources.js';
import { isVerdictChanged, type MessagePreview, previewMessage, withoutValues } from './preview-message.js';
import { storedMessages } from './stored-messages.js';

export interface PreviewQuestion {
  readonly sourceId: string;
  /** YAML or JSON. */
  readonly file: string;
  /** Newest stored messages of the source. */
  readonly count: number;
  /** Messages as texts, segments ended by CR or LF: for what was refused at intake and is not stored. */
  readonly samples: readonly string[];
}

/** What a corrections file would change; nothing is stored. */
export interface CorrectionsPreviewView {
  readonly sourceId: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string;
  /** Version that is on, and that each message is compared with; 0 = none. */
  readonly comparedWith: number;
  readonly stored: number;
  readonly samples: number;
  /** Messages that come out otherwise. */
  readonly changed: number;
  /** Of these, those that are taken or refused otherwise, or make other events. */
  readonly otherVerdicts: number;
  /** `shapes`: who asks may not read patients. */
  readonly values: 'shown' | 'shapes';
  readonly messages: readonly MessagePreview[];
  /** For registration, to switch this very file on; absent where there was no message to preview it on. */
  readonly previewToken?: string;
}

export interface Previewed {
  readonly view: CorrectionsPreviewView;
  /** Patient records that the answer tells of. */
  readonly recordKeys: readonly string[];
}

type Subject = readonly [read: () => Message | undefined, receivedAt: string, recordKey?: string];

@Injectable()
export class PreviewCorrections {
  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly sources: KnownSources,
    private readonly keys: Keys,
  ) {}

  /** Throws `Rejected('invalid-request')` for a file that is wrong, `Rejected('not-found')` for an unknown source. */
  async preview(question: PreviewQuestion, areValuesShown: boolean): Promise<Previewed> {
    const { sourceId } = question;
    const source = this.sources.source(sourceId);
    if (source === undefined) throw new Rejected('not-found', 'no such source');
    const draft: Corrections = { version: 0, ...readCorrections(question.file) };
    const samples = question.samples.map(sampleOf);
    const stored = await this.#stored(source, question.count);
    const messages: MessagePreview[] = [];
    for (const subject of [...stored, ...samples]) {
      const found = this.#previewOne(subject, source, draft);
      if (found !== undefined) messages.push(found);
      await breathe();
    }
    const counts = { stored: messages.length - samples.length, samples: samples.length };
    return {
      recordKeys: stored.flatMap(([, , recordKey]) => recordKey ?? []),
      view: {
        ...{ sourceId, digest: draft.digest, comparedWith: source.corrections?.version ?? 0, ...counts },
        ...said(messages, areValuesShown),
        ...this.#token(sourceId, draft.digest, messages.length),
      },
    };
  }

  /** None where nothing was previewed. */
  #token(sourceId: string, digest: string, messages: number): Pick<CorrectionsPreviewView, 'previewToken'> {
    if (messages === 0) return {};
    const preview = { sourceId, digest, messages, previewedAt: new Date().toISOString() };
    return { previewToken: writePreviewToken(this.keys.deploymentKey, preview) };
  }

  async #stored(source: SourceFact, count: number): Promise<readonly Subject[]> {
    if (count === 0) return [];
    const found = await storedMessages(this.store.reader.manager, this.archive, { source, count });
    return found.map(({ event, raw, recordKey }) => [() => parseAgain(raw, event.raw), event.receivedAt, recordKey]);
  }

  #previewOne([read, receivedAt]: Subject, source: SourceFact, draft: Corrections): MessagePreview | undefined {
    const { deploymentKey } = this.keys;
    const context = sourceContext({ source, authorities: this.sources, deploymentKey, receivedAt });
    const first = read();
    if (first === undefined) return undefined;
    return previewMessage(() => read() ?? first, { source, context, draft });
  }
}

function said(messages: readonly MessagePreview[], areValuesShown: boolean) {
  return {
    changed: messages.filter(isChanged).length,
    otherVerdicts: messages.filter(isVerdictChanged).length,
    values: areValuesShown ? ('shown' as const) : ('shapes' as const),
    messages: areValuesShown ? messages : messages.map(withoutValues),
  };
}

function isChanged(preview: MessagePreview): boolean {
  return preview.fields.length > 0 || preview.elements.length > 0 || isVerdictChanged(preview);
}

function sampleOf(text: string, at: number): Subject {
  const bytes = Buffer.from(text, 'utf8');
  const read = () => parseMessage(bytes, { charsetDefault: 'UTF-8', charsetPolicy: 'force' });
  try {
    read();
  } catch (problem) {
    if (!(problem instanceof MessageError)) throw problem;
    throw new Rejected('invalid-request', `samples/${at}: ${problem.condition.text}`);
  }
  return [read, new Date().toISOString()];
}
