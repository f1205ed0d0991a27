import type { StoredDocument } from '@anamnesis/core';
import type { Charset } from '../text/charset.js';
import type { Delimiters } from './delimiters.js';
import type { Warning } from './warning.js';

/** Hierarchic designator (HD): `namespaceId^universalId^universalIdType`, each '' when empty. */
export interface Hd {
  readonly namespaceId: string;
  readonly universalId: string;
  readonly universalIdType: string;
}

/** How the MSH stood on the wire: what an answer needs to speak as the sender does. */
export interface HeaderWire {
  readonly delimiters: Delimiters;
  readonly charset: Charset;
  /** MSH-10 as received, still escaped and encoded. */
  readonly controlId: Uint8Array;
}

/** MSH, all texts decoded and unescaped, '' when empty. */
export interface MessageHeader {
  readonly sendingApplication: Hd;
  readonly sendingFacility: Hd;
  readonly receivingApplication: Hd;
  readonly receivingFacility: Hd;
  /** MSH-7 as sent. */
  readonly timestamp: string;
  /** MSH-9.1 */
  readonly messageCode: string;
  /** MSH-9.2 */
  readonly triggerEvent: string;
  /** By table 0354 from MSH-9.1 and 9.2 where it knows them, else MSH-9.3 as sent; '' when neither says. */
  readonly structure: string;
  /** MSH-10 */
  readonly controlId: string;
  /** MSH-11.1 */
  readonly processingId: string;
  /** MSH-12.1 */
  readonly version: string;
  /** MSH-13 */
  readonly sequenceNumber: string;
  /** MSH-14: the DSC-1 of the fragment that this one continues. */
  readonly continues: string;
  /** MSH-15 */
  readonly acceptAck: string;
  /** MSH-16 */
  readonly applicationAck: string;
  /** MSH-17 */
  readonly countryCode: string;
  /** Absent only on headers that were not read from a message. */
  readonly wire?: HeaderWire;
}

/** A value that was taken out of a message, and where it belongs. */
export interface Detached {
  /** Offset in the bytes that are left, which have nothing in its place. */
  readonly at: number;
  /** What the value encodes; absent where that is not known, or it is no document. */
  readonly document?: StoredDocument;
}

/** A view on bytes that nobody may change while the view is in use: parts are found and decoded when asked for. */
export interface Message {
  /** As received, untouched but for what was `detached`. */
  readonly bytes: Uint8Array;
  /** Values that are not among the bytes: their places read as empty. */
  readonly detached: readonly Detached[];
  readonly delimiters: Delimiters;
  readonly charset: Charset;
  readonly header: MessageHeader;
  readonly segments: readonly Segment[];
  /** Everything tolerated while reading. The first use looks through the whole content; at most `warningsMax`. */
  readonly warnings: readonly Warning[];
  /** Those of `warnings` that were met on the way, without a look through the content. */
  readonly readingWarnings: readonly Warning[];
  first(name: string): Segment | undefined;
  all(name: string): readonly Segment[];
}

export interface Segment {
  readonly name: string;
  /** 1-based occurrence of this segment name in the message (ERR-2.2). */
  readonly position: number;
  /** Place in `message.segments`, from 0. */
  readonly index: number;
  /** 1-based as in the standard, MSH-1 and MSH-2 included; an absent field is an empty one. */
  field(n: number): Field;
  readonly fieldCount: number;
  /** As received, without its end. */
  readonly bytes: Uint8Array;
}

export interface Field {
  /** None when the field has no bytes. */
  readonly repetitions: readonly Repetition[];
  /** No content: nothing, or separators only. Says "no information", never "delete". */
  readonly isEmpty: boolean;
  /** The only content is `""`: delete what is stored. */
  readonly isNull: boolean;
  /** A value of it stands elsewhere; then it is not empty. */
  readonly hasDetached: boolean;
  /** Some byte means nothing in the message's charset: the component with it reads as ''. */
  readonly isUndecodable: boolean;
  /** As received. */
  readonly bytes: Uint8Array;
  /** As `Repetition.plain`, of all repetitions. */
  readonly plain: string | undefined;
  /** Of the first repetition, unescaped; '' when absent, null or undecodable. Component and subcomponent default to 1. */
  text(component?: number, subcomponent?: number): string;
  /** The whole first repetition as FT text: unescaped, `\.br\` a newline, highlighting dropped, separators literal. */
  readonly formatted: string;
}

export interface Repetition {
  component(n: number): Component;
  readonly componentCount: number;
  text(component?: number, subcomponent?: number): string;
  /**
   * All of it as it stands, where the same characters mean the same in any message: nothing but ASCII, the delimiters that
   * everybody has, no escape sequence. Undefined elsewhere.
   */
  readonly plain: string | undefined;
  /** `text(1)`, `text(2)` and so on of all components, in one pass. */
  readonly texts: readonly string[];
  readonly isNull: boolean;
  readonly formatted: string;
}

export interface Component {
  /** The first subcomponent (v2.9 §2.8: a reader of a primitive takes the first). */
  readonly text: string;
  sub(n: number): string;
  readonly subcomponentCount: number;
  readonly isNull: boolean;
  /** Ends with the truncation character (2.7+): incomplete, never an identity. */
  readonly isTruncated: boolean;
  /** Its value stands elsewhere: it reads as empty. */
  readonly detached: Detached | undefined;
}
