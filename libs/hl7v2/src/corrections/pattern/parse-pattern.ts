import { type Node, PatternError, patternLengthMax, type Range } from './syntax.js';

const classes: Readonly<Record<string, readonly Range[]>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
  ],
};
const controls: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09 };
const lineEnds: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const last = 0x10ffff;

export interface ParsedPattern {
  readonly root: Node;
  readonly groups: number;
}

/**
 * Reads the part of regular expressions that can be matched in linear time: characters, `.`, classes, `\d \w \s`, groups,
 * `|`, `^`, `$` and the quantifiers. Look-around, back references and flags are refused. Throws `PatternError`.
 */
export function parsePattern(text: string): ParsedPattern {
  if (text.length > patternLengthMax) throw new PatternError(`longer than ${patternLengthMax} characters`, 0);
  const parser = new Parser(Array.from(text));
  return { root: parser.whole(), groups: parser.groups };
}

class Parser {
  groups = 0;
  #at = 0;

  constructor(private readonly text: readonly string[]) {}

  whole(): Node {
    const root = this.#choice();
    if (this.#at < this.text.length) this.#fail('a ) without its (');
    return root;
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.text.length && this.#next !== '|' && this.#next !== ')') parts.push(this.#quantified());
    return { kind: 'sequence', parts };
  }

  #quantified(): Node {
    const at = this.#at;
    const body = this.#atom();
    const bounds = this.#bounds();
    if (bounds === undefined) return body;
    if (body.kind === 'start' || body.kind === 'end') this.#fail('nothing that can be repeated', at);
    // What may be nothing, repeated, has no meaning that two engines agree on.
    if (canBeEmpty(body)) this.#fail('repeats what may be empty', at);
    const isLazy = this.#take('?');
    if (this.#bounds() !== undefined) this.#fail('a quantifier of a quantifier');
    return { kind: 'repeat', body, ...bounds, isLazy };
  }

  #bounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (this.#next !== '{') return undefined;
    const match = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.text.slice(this.#at, this.#at + 9).join(''));
    if (match === null) return this.#fail('a { that is no count: write \\{');
    const [all, from, comma, to] = match;
    const min = Number(from);
    const max = comma === undefined ? min : to === undefined ? Infinity : Number(to);
    if (max < min || max === 0) this.#fail('counts that are out of order');
    this.#at += all.length;
    return { min, max };
  }

  #atom(): Node {
    const at = this.#at;
    const one = this.text[this.#at++] ?? '';
    if ('*+?{'.includes(one)) return this.#fail('nothing that can be repeated', at);
    switch (one) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return { kind: 'set', ranges: lineEnds, isNegated: true };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return this.#escape();
      default:
        return literal(codeOf(one));
    }
  }

  #group(): Node {
    const at = this.#at - 1;
    let index: number | undefined;
    if (this.#take('?')) {
      if (!this.#take(':')) this.#fail('look-around, names and flags are not known here', at);
    } else {
      index = ++this.groups;
    }
    const body = this.#choice();
    if (!this.#take(')')) this.#fail('a ( without its )', at);
    return { kind: 'group', body, ...(index !== undefined && { index }) };
  }

  #escape(): Node {
    const code = this.#escaped();
    return typeof code === 'number' ? literal(code) : code;
  }

  /** After the backslash: one character, or a class. */
  #escaped(): number | (Node & { readonly kind: 'set' }) {
    const one = this.text[this.#at++];
    if (one === undefined) return this.#fail('a \\ at the end');
    const ranges = Object.hasOwn(classes, one.toLowerCase()) ? classes[one.toLowerCase()] : undefined;
    if (ranges !== undefined) return { kind: 'set', ranges, isNegated: one !== one.toLowerCase() };
    if (Object.hasOwn(controls, one)) return controls[one] ?? 0;
    if (/[A-Za-z0-9]/.test(one)) return this.#fail('an escape that is not known here', this.#at - 2);
    return codeOf(one);
  }

  #class(): Node {
    const at = this.#at - 1;
    const isNegated = this.#take('^');
    const ranges: Range[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.text.length) this.#fail('a [ without its ]', at);
      const from = this.#member(ranges);
      if (from === undefined) continue;
      const isRange = this.#next === '-' && this.text[this.#at + 1] !== ']' && this.text[this.#at + 1] !== undefined;
      const to = isRange ? this.#rangeEnd(ranges) : from;
      if (to < from) this.#fail('a range that is out of order', at);
      ranges.push([from, to]);
    }
    if (ranges.length === 0) this.#fail('an empty class', at);
    return { kind: 'set', ranges, isNegated };
  }

  #rangeEnd(ranges: Range[]): number {
    this.#at++;
    return this.#member(ranges) ?? this.#fail('a range that ends with a class');
  }

  /** One character of a class; undefined for `\d`, which is added whole. */
  #member(ranges: Range[]): number | undefined {
    const one = this.text[this.#at++];
    if (one !== '\\') return codeOf(one);
    const code = this.#escaped();
    if (typeof code === 'number') return code;
    ranges.push(...(code.isNegated ? complementOf(code.ranges) : code.ranges));
    return undefined;
  }

  get #next(): string | undefined {
    return this.text[this.#at];
  }

  #take(character: string): boolean {
    if (this.#next !== character) return false;
    this.#at++;
    return true;
  }

  #fail(message: string, at = this.#at): never {
    throw new PatternError(message, at);
  }
}

function literal(code: number): Node {
  return { kind: 'set', ranges: [[code, code]], isNegated: false };
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0;
}

/** Of ranges in order that do not meet. */
function complementOf(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) found.push([next, from - 1]);
    next = to + 1;
  }
  return [...found, [next, last]];
}

function canBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'start':
    case 'end':
      return true;
    case 'sequence':
      return node.parts.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'group':
      return canBeEmpty(node.body);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body);
  }
}
