// What must hold for any bytes. The library is handed in: the compiled one when coverage guides, the sources in jest.
const charsets = [
  ...['ascii', 'utf-8', 'iso-8859-1', 'iso-8859-6', 'windows-1252', 'windows-1256', 'shift_jis', 'euc-jp'],
  ...['gb18030', 'big5', 'euc-kr', 'euc-tw', 'iso-2022-jp', 'iso-2022+iso-8859-1'],
];
const declared = [
  '',
  'UNICODE UTF-8',
  '8859/1',
  'Shift_JIS',
  '~ISO IR87',
  '8859/1~ISO IR144',
  'GB 18030-2000',
  'BIG-5',
];
const delimiters = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' };
const frameBytesMax = 4096;

/** Throws where something does not hold. */
export function targetsOf(library) {
  return {
    frames: (data) => checkFrames(data, library),
    message: (data) => checkMessage(data, library),
    charset: (data) => checkCharset(data, library),
  };
}

/** However a stream is cut, the blocks are the same, and memory is bounded (F1, F2, F4). */
function checkFrames(data, { FrameDecoder, encodeFrame }) {
  const [size = 0, ...rest] = data;
  const stream = Uint8Array.from(rest);
  const whole = new FrameDecoder({ frameBytesMax });
  const cut = new FrameDecoder({ frameBytesMax });
  const expected = whole.push(stream);
  const met = [];
  for (let at = 0; at < stream.length; at += size + 1) {
    met.push(...cut.push(stream.subarray(at, at + size + 1)));
    holds(cut.bufferedBytes <= frameBytesMax + 1, 'more is held than the limit');
  }
  holds(describe(met) === describe(expected), 'blocks depend on how the stream is cut');
  const content = Buffer.from(stream);
  if (content.length > frameBytesMax - 2 || content.includes('\x1c\r', 'latin1') || content.at(-1) === 0x1c) return;
  const [event, ...others] = new FrameDecoder({ frameBytesMax }).push(encodeFrame(content));
  holds(others.length === 0 && event?.kind === 'frame', 'a block of ours is not one block');
  holds(Buffer.from(event.bytes).subarray(0, content.length).equals(content), 'a block of ours came back changed');
}

function describe(events) {
  return events
    .map(({ kind, sizeBytes, bytes = [] }) => `${kind} ${sizeBytes} ${Buffer.from(bytes).toString('hex')}`)
    .join();
}

/** A message or a MessageError; every view a text without a replacement character of ours; what is encoded reads the same. */
function checkMessage(data, { encodeMessage, parseMessage, readHeader, splitBatch }) {
  const [choice = 0, ...rest] = data;
  const head = `MSH|^~\\&|A|B|||1||ADT^A01|1|P|2.5||||||${declared[choice % declared.length]}\r`;
  // Half of the inputs begin at the MSH themselves.
  const bytes = Buffer.concat([Buffer.from(choice & 0x80 ? '' : head), Uint8Array.from(rest)]);
  readHeader(bytes);
  splitBatch(bytes);
  let message;
  try {
    message = parseMessage(bytes);
  } catch (error) {
    if (error.name === 'MessageError') return;
    throw error;
  }
  readAll(message, bytes);
  holds(message.warnings.length <= 100, 'more warnings than the limit');
  const again = encodeMessage(message);
  holds(Buffer.from(encodeMessage(parseMessage(again))).equals(again), 'what is encoded reads otherwise');
}

function readAll(message, bytes) {
  // U+FFFD may have been sent: as itself in UTF-8, or as a code of GB 18030.
  const mayBeSent = ['utf-8', 'gb18030'].includes(message.charset.name) || bytes.includes('\\X');
  for (const segment of message.segments) {
    for (let n = 1; n <= segment.fieldCount; n++) {
      const field = segment.field(n);
      for (const one of field.repetitions) {
        const text = one.formatted + one.texts.join('') + one.component(2).sub(2);
        holds(mayBeSent || !text.includes('\uFFFD'), 'a replacement character was made');
      }
      if (field.isUndecodable) holds(field.bytes.length > 0, 'undecodable without a byte');
    }
  }
}

/** Strict both ways; what a set writes it reads; escaping is undone exactly. */
function checkCharset(data, { decodeText, encodeText, escapeText, unescapeText }) {
  const [choice = 0, ...rest] = data;
  const charset = charsets[choice % charsets.length];
  const text = decodeText(Uint8Array.from(rest), charset);
  if (text === undefined) return;
  holds(['utf-8', 'gb18030'].includes(charset) || !text.includes('\uFFFD'), 'a replacement character was made');
  const bytes = encodeText(text, charset);
  if (bytes !== undefined) holds(decodeText(bytes, charset) === text, `${charset} does not read what it writes`);
  holds(unescapeText(escapeText(text, delimiters), delimiters) === text, 'escaping is not undone');
}

function holds(condition, text) {
  if (!condition) throw new Error(text);
}
