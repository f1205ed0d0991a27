import { base64Of, ContentFault } from '@anamnesis/content';
import { storedContentUrl, stringifyFhir } from '@anamnesis/fhir';
import type { ContentReader } from '../../content/content-reader.js';
import type { HistoryReader } from '../../history/history-reader.js';
import { FhirFailure } from '../fhir-failure.js';
import { type FhirResource, isObject, objectsOf, textOf } from '../fhir-json.js';
import { readOne, type ServedOne } from './read-one.js';

/** A Binary of somebody's record, its content still where it is. */
export interface ServedBinary {
  readonly served: ServedOne;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Throws `FhirFailure` before the first byte where the content is not what it should be. */
  readonly open: () => Promise<AsyncGenerator<Buffer>>;
}

/** A media type of two names that a header can carry; what else a sender writes is bytes. */
const mediaType = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/i;

/** Throws 404 and 410 as any read does. */
export async function readBinary(id: string, history: HistoryReader, content: ContentReader): Promise<ServedBinary> {
  const served = await readOne(history, { type: 'Binary', id });
  const contentType = textOf(served.resource, 'contentType') ?? '';
  return {
    served,
    contentType: mediaType.test(contentType) ? contentType : 'application/octet-stream',
    ...contentOf(served.resource, content),
  };
}

/** A small document is in its resource, a large one in the content store. */
function contentOf(resource: FhirResource, content: ContentReader): Pick<ServedBinary, 'sizeBytes' | 'open'> {
  const data = textOf(resource, 'data');
  if (data !== undefined) {
    const bytes = Buffer.from(data, 'base64');
    return { sizeBytes: bytes.length, open: () => Promise.resolve(only(bytes)) };
  }
  const { digest, sizeBytes } = storedContentOf(resource);
  return { sizeBytes, open: async () => content.open(digest).catch(failed) };
}

// eslint-disable-next-line @typescript-eslint/require-await -- read like content that comes piece by piece
async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** The resource as FHIR's JSON, piece by piece, its data last or where the name of the stored content was. */
export function binaryAsJson(
  resource: FhirResource,
  sizeBytes: number,
  content: AsyncIterable<Uint8Array>,
): { readonly pieces: AsyncGenerator<string>; readonly length: number } {
  const { _data, ...members } = resource;
  const empty = '"data":""';
  const text = stringifyFhir({ ...members, data: '' });
  const at = text.lastIndexOf(empty) + empty.length - 1;
  const [head, tail] = [text.slice(0, at), text.slice(at)];
  const length = Buffer.byteLength(text, 'utf8') + Math.ceil(sizeBytes / 3) * 4;
  return { pieces: around(head, content, tail), length };
}

async function* around(head: string, content: AsyncIterable<Uint8Array>, tail: string): AsyncGenerator<string> {
  yield head;
  yield* base64Of(content);
  yield tail;
}

function storedContentOf(resource: FhirResource): { readonly digest: string; readonly sizeBytes: number } {
  const data = resource['_data'];
  const [stored] = objectsOf(isObject(data) ? data['extension'] : undefined).filter(
    ({ url }) => url === storedContentUrl,
  );
  const parts = objectsOf(stored?.['extension']);
  const digest = parts.find(({ url }) => url === 'digest')?.['valueString'];
  const sizeBytes = parts.find(({ url }) => url === 'sizeBytes')?.['valueDecimal'];
  if (typeof digest !== 'string' || typeof sizeBytes !== 'number')
    throw new FhirFailure(500, 'processing', 'the stored value names no content');
  return { digest, sizeBytes };
}

function failed(error: unknown): never {
  if (!(error instanceof ContentFault)) throw error;
  throw new FhirFailure(500, 'processing', `${error.message}: the document cannot be shown`);
}
