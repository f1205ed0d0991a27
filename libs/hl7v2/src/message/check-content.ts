import { hasBurmese, isZawgyi } from '../text/zawgyi.js';
import type { EscapeProblem } from '../text/unescape-text.js';
import { nextSeparator, pieceEnd, type Range } from './pieces.js';
import type { SegmentView } from './segment-view.js';
import type { Location, Warning } from './warning.js';
import type { Wire } from './wire.js';

/** A message with more oddities than this is described well enough. */
export const warningsMax = 100;

const texts: Readonly<Record<EscapeProblem, string>> = {
  'escape-unknown': 'an escape sequence that is not known here stays as it is',
  'escape-unterminated': 'an escape sequence that does not end stays as it is',
  'escape-undecodable': 'bytes of an escape sequence mean nothing in the character set of the message',
  'escape-charset-switch': 'an escape sequence that switches the character set stays as it is',
};

/** Looks for undecodable fields, for Burmese in Zawgyi and for escape sequences that stay literal; adds to what is already known. */
export function checkContent(
  wire: Wire,
  segments: readonly SegmentView[],
  known: readonly Warning[],
): readonly Warning[] {
  const warnings = known.slice(0, warningsMax);
  for (const segment of segments) {
    if (warnings.length >= warningsMax) break;
    const { range } = segment;
    const isDecodable = wire.isDecodable(range);
    const isBurmese = wire.charset.name === 'utf-8' && hasBurmese(segment.bytes);
    if (isDecodable && !isBurmese && !includes(wire, range, wire.codes.escape)) continue;
    for (const warning of checkFields(wire, segment, { isDecodable, isBurmese })) {
      if (warnings.push(warning) >= warningsMax) break;
    }
  }
  return warnings;
}

function* checkFields(
  wire: Wire,
  segment: SegmentView,
  { isDecodable, isBurmese }: { readonly isDecodable: boolean; readonly isBurmese: boolean },
): Generator<Warning> {
  const { name, position } = segment;
  for (let field = name === 'MSH' ? 3 : 1; field <= segment.fieldCount; field++) {
    const range = segment.fieldRange(field);
    if (range === undefined) continue;
    const location = { segment: name, position, field };
    if (isBurmese && isZawgyi(wire.decode(range) ?? '')) {
      yield { code: 'zawgyi', location, text: 'Burmese typed for the Zawgyi font: in Unicode it says something else' };
    }
    if (!isDecodable && !wire.isDecodable(range)) {
      yield { code: 'undecodable', location, text: 'bytes that mean nothing in the character set of the message' };
    } else if (includes(wire, range, wire.codes.escape)) {
      yield* checkEscapes(wire, range, location);
    }
  }
}

// Piece by piece, because a sequence never reaches over a separator. One warning of a kind is enough for a field.
function checkEscapes(wire: Wire, range: Range, location: Location): readonly Warning[] {
  const found = new Set<EscapeProblem>();
  const onProblem = (problem: EscapeProblem): void => void found.add(problem);
  for (let start = range.start; start <= range.end;) {
    const end = nextSeparator(wire, { start, end: range.end });
    if (includes(wire, { start, end }, wire.codes.escape)) wire.problems({ start, end }, onProblem);
    start = end + 1;
  }
  return [...found].map((code) => ({ code, location, text: texts[code] }));
}

function includes(wire: Wire, range: Range, code: number): boolean {
  return pieceEnd(wire.structure, range, code) < range.end;
}
