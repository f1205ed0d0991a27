import type { Component, Detached, Field, Repetition } from './message.js';
import { pieceCount, pieceEnd, pieceOf, pieceStart, type Range } from './pieces.js';
import type { Wire } from './wire.js';

/** The texts of a repetition this short are read together, once; of a longer one those that are asked for. */
const readWholeMax = 512;

export class FieldView implements Field {
  readonly #wire: Wire;
  readonly #range: Range;
  #repetitions: readonly Repetition[] | undefined;

  constructor(wire: Wire, range: Range) {
    this.#wire = wire;
    this.#range = range;
  }

  get bytes(): Uint8Array {
    return this.#wire.bytes(this.#range);
  }

  get repetitions(): readonly Repetition[] {
    return (this.#repetitions ??= this.#findRepetitions());
  }

  #findRepetitions(): readonly Repetition[] {
    const { start, end } = this.#range;
    if (start >= end && !this.hasDetached) return [];
    const views: Repetition[] = [];
    const code = this.#wire.codes.repetition;
    for (let at = start; at <= end;) {
      const stop = pieceEnd(this.#wire.structure, { start: at, end }, code);
      views.push(new RepetitionView(this.#wire, { start: at, end: stop }));
      at = stop + 1;
    }
    return views;
  }

  get isEmpty(): boolean {
    const { component, repetition, subcomponent } = this.#wire.codes;
    const { start, end } = this.#range;
    for (let at = start; at < end; at++) {
      const byte = this.#wire.structure[at];
      if (byte !== component && byte !== repetition && byte !== subcomponent) return false;
    }
    return !this.hasDetached;
  }

  get hasDetached(): boolean {
    return this.#wire.hasDetached(this.#range);
  }

  get isNull(): boolean {
    return this.#wire.isNull(this.#range);
  }

  get isUndecodable(): boolean {
    return !this.#wire.isDecodable(this.#range);
  }

  get plain(): string | undefined {
    return this.#wire.plain(this.#range);
  }

  text(component = 1, subcomponent = 1): string {
    if (component === 1 && subcomponent === 1) return this.#firstText();
    return textAt(this.#wire, this.#first(), { component, subcomponent });
  }

  /** What stands before the first separator of any kind. */
  #firstText(): string {
    const { structure, codes } = this.#wire;
    const { component, repetition, subcomponent } = codes;
    const { start, end } = this.#range;
    for (let at = start; at < end; at++) {
      const byte = structure[at];
      if (byte === component || byte === repetition || byte === subcomponent)
        return at === start ? '' : this.#wire.text({ start, end: at });
    }
    return start >= end ? '' : this.#wire.text(this.#range);
  }

  get formatted(): string {
    return this.#wire.text(this.#first(), true);
  }

  #first(): Range {
    const end = pieceEnd(this.#wire.structure, this.#range, this.#wire.codes.repetition);
    return { start: this.#range.start, end };
  }
}

class RepetitionView implements Repetition {
  readonly #wire: Wire;
  readonly #range: Range;
  #texts: readonly string[] | undefined;

  constructor(wire: Wire, range: Range) {
    this.#wire = wire;
    this.#range = range;
  }

  component(n: number): Component {
    const { structure, codes } = this.#wire;
    const { end } = this.#range;
    const start = pieceStart(structure, this.#range, { code: codes.component, n });
    if (start < 0) return new ComponentView(this.#wire, { start: end, end }, true);
    return new ComponentView(this.#wire, { start, end: pieceEnd(structure, { start, end }, codes.component) });
  }

  get componentCount(): number {
    return pieceCount(this.#wire.structure, this.#range, this.#wire.codes.component);
  }

  text(component = 1, subcomponent = 1): string {
    const { start, end } = this.#range;
    if (subcomponent === 1 && end - start <= readWholeMax) return this.texts[component - 1] ?? '';
    return textAt(this.#wire, this.#range, { component, subcomponent });
  }

  get plain(): string | undefined {
    return this.#wire.plain(this.#range);
  }

  get texts(): readonly string[] {
    return (this.#texts ??= this.#readTexts());
  }

  #readTexts(): readonly string[] {
    const { structure, codes } = this.#wire;
    const { start, end } = this.#range;
    const texts: string[] = [];
    for (let at = start; at <= end;) {
      const stop = pieceEnd(structure, { start: at, end }, codes.component);
      texts.push(
        this.#wire.text({ start: at, end: pieceEnd(structure, { start: at, end: stop }, codes.subcomponent) }),
      );
      at = stop + 1;
    }
    return texts;
  }

  get isNull(): boolean {
    return this.#wire.isNull(this.#range);
  }

  get formatted(): string {
    return this.#wire.text(this.#range, true);
  }
}

class ComponentView implements Component {
  readonly #wire: Wire;
  readonly #range: Range;
  readonly #isMissing: boolean;

  constructor(wire: Wire, range: Range, isMissing = false) {
    this.#wire = wire;
    this.#range = range;
    this.#isMissing = isMissing;
  }

  get text(): string {
    return this.sub(1);
  }

  sub(n: number): string {
    const { structure, codes } = this.#wire;
    return this.#wire.text(pieceOf(structure, this.#range, { code: codes.subcomponent, n }));
  }

  get subcomponentCount(): number {
    return pieceCount(this.#wire.structure, this.#range, this.#wire.codes.subcomponent);
  }

  get isNull(): boolean {
    return this.#wire.isNull(this.#range);
  }

  get isTruncated(): boolean {
    return this.#wire.isTruncated(this.#range);
  }

  get detached(): Detached | undefined {
    return this.#isMissing ? undefined : this.#wire.detached(this.#range);
  }
}

function textAt(
  wire: Wire,
  range: Range,
  place: { readonly component: number; readonly subcomponent: number },
): string {
  const { structure, codes } = wire;
  const start = pieceStart(structure, range, { code: codes.component, n: place.component });
  if (start < 0) return '';
  const component = { start, end: pieceEnd(structure, { start, end: range.end }, codes.component) };
  return wire.text(pieceOf(structure, component, { code: codes.subcomponent, n: place.subcomponent }));
}
