import { type CorrectionCondition, permitsType } from '@anamnesis/core';
import type { Delimiters } from '../message/delimiters.js';
import type { Message, MessageHeader } from '../message/message.js';
import { unescapeText } from '../text/unescape-text.js';
import type { EditableSegment } from './editable-message.js';
import { isBlank, pieceAt, type Place } from './field-text.js';
import { parsePath } from './path.js';

/** What a condition is looked up in. */
export interface Scene {
  readonly header: Pick<MessageHeader, 'messageCode' | 'triggerEvent'>;
  readonly delimiters: Delimiters;
  readonly charset: string;
  /** The segment that a path of this name means; undefined where there is none. */
  segment(name: string): EditableSegment | undefined;
}

/** Does a condition hold? No condition always does. */
export function holds(when: CorrectionCondition | undefined, scene: Scene): boolean {
  if (when === undefined) return true;
  const { messageCode, triggerEvent } = scene.header;
  if (when.type !== undefined && !permitsType([when.type], messageCode, triggerEvent)) return false;
  return when.path === undefined || standsThere(when.path, when.equals ?? '', scene);
}

function standsThere(text: string, expected: string, scene: Scene): boolean {
  const path = parsePath(text);
  const field = path && scene.segment(path.segment)?.text(path.field);
  if (path === undefined || field === undefined) return expected === '';
  if (expected === '') return isBlank(pieceAt(field, path, scene.delimiters), scene.delimiters);
  return leafText(field, path, scene) === expected;
}

/** The first subcomponent of the first component, unless the place names others. */
export function leafOf({ repetition, component = 1, subcomponent = 1 }: Place): Place {
  return { repetition: repetition ?? 1, component, subcomponent };
}

/** The text of a leaf, unescaped. */
export function leafText(
  field: string,
  place: Place,
  { delimiters, charset }: Pick<Scene, 'delimiters' | 'charset'>,
): string {
  const piece = pieceAt(field, leafOf(place), delimiters);
  const { escape } = delimiters;
  return escape === undefined || !piece.includes(escape) ? piece : unescapeText(piece, delimiters, { charset });
}

/** Is `ADT^Z01` the event of this message? MSH-9.2 is absent in 2.1: EVN-1 says it. */
export function permitsTrigger(trigger: string, message: Message): boolean {
  const { messageCode, triggerEvent } = message.header;
  const event = triggerEvent === '' ? (message.first('EVN')?.field(1).text().trim().toUpperCase() ?? '') : triggerEvent;
  return trigger === `${messageCode}^${event}`;
}
