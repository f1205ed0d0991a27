import { type Corrections, permitsType, type SourceFact } from '@anamnesis/core';
import { mapMeant, type MappingContext, type Meant } from '@anamnesis/fhir';
import {
  checkSubject,
  compareMessages,
  type Correction,
  type FieldDifference,
  type Message,
  shapeOf,
} from '@anamnesis/hl7v2';
import { compareResources, type ElementDifference } from './compare-resources.js';

/** Whether a message would be taken, and what it would become. */
export interface Verdict {
  /** `accepted`, or `refused` with the condition of HL7 table 0357 and its place. */
  readonly answer: 'accepted' | 'refused';
  readonly condition?: number;
  readonly reason?: string;
  /** Types of its events: `message.unmapped` where nothing maps it. */
  readonly events: readonly string[];
}

/** One message, read without and with the draft. */
export interface MessagePreview {
  /** MSH-10. */
  readonly controlId: string;
  /** As it came. */
  readonly messageType: string;
  readonly before: Verdict;
  readonly after: Verdict;
  /** Fields that the draft changes. */
  readonly fields: readonly FieldDifference[];
  /** Elements that come out otherwise. */
  readonly elements: readonly ElementDifference[];
  /** Rules of the draft that changed something or could not. */
  readonly rules: readonly Correction[];
}

export interface Comparison {
  readonly source: SourceFact;
  readonly context: MappingContext;
  readonly draft: Corrections;
}

/** Reads one message as its source is read today, and as it would be with the draft. `read` gives it anew each time. */
export function previewMessage(read: () => Message, { source, context, draft }: Comparison): MessagePreview {
  const raw = read();
  // Each mapping has a message of its own: what is kept only is noted by message.
  const before = mapMeant(raw, context, source.corrections);
  const after = mapMeant(read(), context, draft);
  const { header } = raw;
  return {
    controlId: header.controlId,
    messageType: [header.messageCode, header.triggerEvent].join('^'),
    before: verdictOf(before, source),
    after: verdictOf(after, source),
    fields: compareMessages(before.message, after.message),
    elements: compareResources(before.events, after.events),
    rules: after.corrections,
  };
}

export function isVerdictChanged({ before, after }: MessagePreview): boolean {
  return before.answer !== after.answer || before.events.join() !== after.events.join();
}

/** The same with what the values look like in their place, for whoever may not read them. */
export function withoutValues(preview: MessagePreview): MessagePreview {
  return {
    ...preview,
    fields: preview.fields.map(({ location, before, after }) => ({
      location,
      before: shapeOf(before),
      after: shapeOf(after),
    })),
    elements: preview.elements.map(({ path, before, after }) => ({
      path,
      ...(before !== undefined && { before: shapeOf(before) }),
      ...(after !== undefined && { after: shapeOf(after) }),
    })),
  };
}

function verdictOf({ message, events }: Meant, source: SourceFact): Verdict {
  const { messageCode, triggerEvent } = message.header;
  const types = events.map(({ type }) => type);
  if (!permitsType(source.messageTypes, messageCode, triggerEvent))
    return { answer: 'refused', condition: 201, reason: 'MSH-9 is not accepted from this sender', events: types };
  const fault = checkSubject(message);
  if (fault === undefined) return { answer: 'accepted', events: types };
  return { answer: 'refused', condition: fault.code, reason: fault.text, events: types };
}
