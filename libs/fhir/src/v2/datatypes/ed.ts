import type { Repetition } from '@anamnesis/hl7v2';
import type { Attachment } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { type DocumentPlace, stateBinary, stateSmallBinary } from '../documents/binary.js';
import { codeMap } from '../tables/code-map.js';

/** HL7 table 0191 and MIME names. */
const mainTypes = codeMap({
  AP: 'application',
  APPLICATION: 'application',
  AU: 'audio',
  AUDIO: 'audio',
  IM: 'image',
  IMAGE: 'image',
  MULTIPART: 'multipart',
  TEXT: 'text',
  VIDEO: 'video',
});

/** HL7 table 0291: what a subtype means when the main type does not say. */
const subtypes = codeMap({
  BASIC: 'audio/basic',
  FAX: 'image/tiff',
  GIF: 'image/gif',
  HTML: 'text/html',
  JOT: 'application/jot',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PDF: 'application/pdf',
  PNG: 'image/png',
  POSTSCRIPT: 'application/postscript',
  RTF: 'text/rtf',
  SGML: 'text/sgml',
  TIFF: 'image/tiff',
  XML: 'text/xml',
});

/**
 * ED: encapsulated data as a Binary of the patient, those in the content store without their bytes. Undefined when there are
 * no data or they are not what ED.4 says.
 */
export function encapsulated(ed: Repetition, place: DocumentPlace): Attachment | undefined {
  const type = contentType(ed.text(2), ed.text(3));
  const { detached } = ed.component(5);
  if (detached !== undefined) return detached.document && stateBinary(detached.document, type, place);
  const text = ed.text(5);
  const data = text === '' ? undefined : encapsulatedBase64(text, ed.text(4));
  return data === undefined ? undefined : stateSmallBinary(data, type, place);
}

/** RP: where the data are. */
export function referencePointer(rp: Repetition): Attachment | undefined {
  const url = valued(rp.text(1));
  if (url === undefined || /\s/.test(url)) return undefined;
  return compact({ contentType: contentType(rp.text(3), rp.text(4)), url });
}

/** ED.5, read as ED.4 says, in base64. The text is not copied when it is base64 as it stands: documents are large. */
export function encapsulatedBase64(text: string, encoding: string): string | undefined {
  switch (encoding.trim().toUpperCase()) {
    case 'BASE64': {
      const joined = isBase64(text) ? text : text.replace(/\s+/g, '');
      return isBase64(joined) ? joined : undefined;
    }
    case 'HEX':
      return /^(?:[0-9A-Fa-f]{2})+$/.test(text) ? Buffer.from(text, 'hex').toString('base64') : undefined;
    case 'A':
    case '':
      return Buffer.from(text, 'utf8').toString('base64');
    default:
      return undefined;
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function contentType(main: string, sub: string): string | undefined {
  const subtype = valued(sub);
  if (subtype?.includes('/') === true) return subtype.toLowerCase();
  const type = mainTypes.get(main.trim().toUpperCase());
  if (subtype === undefined) return subtypes.get(main.trim().toUpperCase());
  return type === undefined ? subtypes.get(subtype.toUpperCase()) : `${type}/${subtype.toLowerCase()}`;
}
