import type { MessageHeader } from '../message/message.js';
import { escapeText } from '../text/escape-text.js';
import type { EditableMessage, EditableSegment } from './editable-message.js';
import { isBlank, pieceAt, type Place, repetitionCount, withPiece } from './field-text.js';
import { holds, leafOf, leafText, type Scene } from './holds.js';
import { partnerOf } from './partner-of.js';
import type { Path } from './path.js';
import type { ReadyRule } from './ready-rules.js';

/** Longer values are no numbers, codes or names: a pattern leaves them alone. */
export const patternValueMax = 1000;
/** Of all values that one rule looks at in one message: a pattern must not hold up everybody else. */
export const patternCharactersMax = 100_000;

type RuleOf<Kind extends ReadyRule['kind']> = Extract<ReadyRule, { readonly kind: Kind }>;
type Header = Pick<MessageHeader, 'messageCode' | 'triggerEvent'>;

const unencodable = 'the character set of the message does not have it';
const undecodable = 'undecodable bytes';

/** Applies one rule wherever it holds. One text per change: '' where it was made, else why it was not. */
export function applyRule(message: EditableMessage, rule: ReadyRule, header: Header): readonly string[] {
  switch (rule.kind) {
    case 'move':
    case 'copy':
      return transfer(message, rule, header);
    case 'default':
      return eachTarget(message, rule, { header, change: (text, scene) => filled(text, rule, scene) });
    case 'pattern':
      return replaceAll(message, rule, header);
  }
}

function transfer(message: EditableMessage, rule: RuleOf<'move' | 'copy'>, header: Header): readonly string[] {
  const { from, to } = rule;
  const results: string[] = [];
  const taken = new Set<EditableSegment>();
  for (const target of message.all(to.segment)) {
    const source = partnerOf(message, target, from.segment);
    if (source === 'several') {
      if (holds(rule.when, sceneOf(message, header, [target])))
        results.push(`several ${from.segment} of one patient: none is taken`);
      continue;
    }
    if (source === undefined || !holds(rule.when, sceneOf(message, header, [target, source]))) continue;
    const result = put(message, { source, target, from, to });
    if (result === '') taken.add(source);
    if (result !== undefined) results.push(result);
  }
  if (rule.kind === 'move') for (const source of taken) clear(source, from, message);
  return results;
}

interface Transfer {
  readonly source: EditableSegment;
  readonly target: EditableSegment;
  readonly from: Path;
  readonly to: Path;
}

/** Undefined: there is nothing to take, or it stands there already. */
function put({ delimiters }: EditableMessage, { source, target, from, to }: Transfer): string | undefined {
  const [sent, held] = [source.text(from.field), target.text(to.field)];
  if (sent === undefined || held === undefined) return undecodable;
  const piece = pieceAt(sent, from, delimiters);
  if (isBlank(piece, delimiters)) return undefined;
  // At the end of another field the line after it could begin a segment.
  if (/[\r\n]/.test(piece)) return 'a line break in it';
  const changed = withPiece(held, to, { piece, delimiters });
  if (changed === held) return undefined;
  return target.set(to.field, changed) ? '' : unencodable;
}

function clear(source: EditableSegment, from: Path, { delimiters }: EditableMessage): void {
  const text = source.text(from.field);
  if (text !== undefined) source.set(from.field, withPiece(text, from, { piece: '', delimiters }));
}

interface Edit {
  readonly header: Header;
  /** The field as it should be. */
  change(text: string, scene: Scene): string;
}

function eachTarget(message: EditableMessage, rule: RuleOf<'default' | 'pattern'>, edit: Edit): readonly string[] {
  const { segment, field } = rule.path;
  const results: string[] = [];
  for (const target of message.all(segment)) {
    const scene = sceneOf(message, edit.header, [target]);
    if (!holds(rule.when, scene)) continue;
    const text = target.text(field);
    const changed = text === undefined ? undefined : edit.change(text, scene);
    if (changed === undefined) results.push(undecodable);
    else if (changed !== text) results.push(target.set(field, changed) ? '' : unencodable);
  }
  return results;
}

/** A part of a field is filled where the rest of it says something: an authority alone would be nobody's number. */
function filled(text: string, { path, value }: RuleOf<'default'>, { delimiters }: Scene): string {
  const piece = escapeText(value, delimiters);
  const isWhole = path.component === undefined;
  return placesOf(path, text, delimiters).reduce((field, place) => {
    if (!isBlank(pieceAt(field, place, delimiters), delimiters)) return field;
    const { repetition = 1 } = place;
    if (!isWhole && isBlank(pieceAt(field, { repetition }, delimiters), delimiters)) return field;
    return withPiece(field, place, { piece, delimiters });
  }, text);
}

function replaceAll(message: EditableMessage, rule: RuleOf<'pattern'>, header: Header): readonly string[] {
  let left = patternCharactersMax;
  return eachTarget(message, rule, {
    header,
    change: (text, scene) =>
      placesOf(rule.path, text, scene.delimiters).reduce((field, place) => {
        const value = leafText(field, place, scene);
        if (value === '' || value === '""' || value.length > Math.min(patternValueMax, left)) return field;
        left -= value.length;
        const { delimiters } = scene;
        const replaced = replacedIn(value, rule);
        // What text cannot say again (highlighting, switched sets) is left as it came.
        if (replaced === value || escapeText(value, delimiters) !== pieceAt(field, leafOf(place), delimiters))
          return field;
        return withPiece(field, leafOf(place), { piece: escapeText(replaced, delimiters), delimiters });
      }, text),
  });
}

/** The first match is replaced; `$1` in the replacement is its first group, `$0` all of it, `$$` a dollar sign. */
function replacedIn(value: string, { find, replace }: RuleOf<'pattern'>): string {
  const match = find.match(value);
  if (match === undefined) return value;
  const text = replace.replace(/\$(\$|\d)/g, (_, one: string) =>
    one === '$' ? '$' : (match.groups[Number(one)] ?? ''),
  );
  return match.before + text + match.after;
}

/** One place, or one for each repetition that is there. */
function placesOf(path: Path, field: string, delimiters: Scene['delimiters']): readonly Place[] {
  if (path.repetition !== '*') return [path];
  return Array.from({ length: repetitionCount(field, delimiters) }, (_, n) => ({ ...path, repetition: n + 1 }));
}

/** A condition speaks of the segments that the rule is at, else of the first of that name. */
function sceneOf(message: EditableMessage, header: Header, segments: readonly EditableSegment[]): Scene {
  return {
    header,
    delimiters: message.delimiters,
    charset: message.charset,
    segment: (name) => segments.find((one) => one.name === name) ?? message.all(name)[0],
  };
}
