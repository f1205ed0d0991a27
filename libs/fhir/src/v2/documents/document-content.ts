import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Attachment } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { linesOf } from '../orders/order-groups.js';
import type { ObxLine } from '../results/observation-unit.js';
import { isWithdrawn } from '../results/obx-status.js';
import { obxValues } from '../results/obx-value.js';
import { noteOf } from '../segments/nte.js';
import type { DocumentPlace } from './binary.js';

/** OBX of a document as its content: ED and RP each one, lines of text with the same OBX-3 and OBX-4 one text. */
export function documentContent(segments: readonly Segment[], { draft, subject }: DocumentPlace): readonly Json[] {
  const contents: Attachment[] = [];
  let text: { readonly key: string; readonly title: string | undefined; readonly lines: string[] } | undefined;
  const close = (): void => {
    if (text) contents.push(...textAttachment(text.lines, text.title));
    text = undefined;
  };
  for (const line of linesOf(segments).filter(({ obx }) => !isWithdrawn(obx))) {
    const { attachments, values } = obxValues(line.obx, draft, subject);
    const title = nameOf(line.obx);
    const key = JSON.stringify([line.obx.field(3).text(), line.obx.field(4).text()]);
    if (attachments.length > 0 || text?.key !== key) close();
    contents.push(...attachments.map((one) => ({ ...one, ...compact({ title }) })));
    const lines = [...(values.length > 0 ? textOf(line) : []), ...notesOf(line)];
    if (lines.length > 0) (text ??= { key, title, lines: [] }).lines.push(...lines);
  }
  close();
  return contents.map((attachment) => ({ attachment }));
}

// OBX-3
function nameOf(obx: Segment): string | undefined {
  return firstValued(obx.field(3).text(2), obx.field(3).text(1));
}

/** OBX-5 as it reads, whatever its type. */
function textOf({ obx }: ObxLine): readonly string[] {
  return obx.field(5).repetitions.map((value) => {
    const isText = ['TX', 'FT', 'ST'].includes(obx.field(2).text().trim().toUpperCase());
    return isText ? value.formatted : (firstValued(value.text(2), value.text(1)) ?? '');
  });
}

function notesOf({ notes }: ObxLine): readonly string[] {
  const note = noteOf(notes);
  return note === undefined ? [] : [note.text];
}

function textAttachment(lines: readonly string[], title: string | undefined): readonly Attachment[] {
  const text = lines.join('\n');
  if (valued(text) === undefined) return [];
  const data = Buffer.from(text, 'utf8').toString('base64');
  return [{ contentType: 'text/plain', data, ...compact({ title }) }];
}
