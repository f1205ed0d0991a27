import { isAscii, isUtf8 } from 'node:buffer';
import { canonicalCharset } from './canonical-charset.js';
import type { Charset } from './charset.js';
import { hasSwitches } from './switch-sequence.js';
import { iso2022Prefix } from './text-codec.js';

export interface CharsetPolicy {
  /** MSH-18 as written. */
  readonly declared: string;
  /** The repetition separator; '' when the message has none. */
  readonly separator: string;
  /** The escape character; undefined when the message has none. */
  readonly escape: string | undefined;
  /** MSH-20 as written. */
  readonly switching: string;
  readonly charsetDefault?: string | undefined;
  readonly charsetPolicy?: 'declared' | 'force' | 'default' | undefined;
}

type Choice = Omit<Charset, 'declared'>;

/** Chooses the set a message is read in (C3, C4). Throws `RangeError` for a default that is no set we can read. */
export function resolveCharset(buffer: Buffer, policy: CharsetPolicy): Charset {
  const choice = choiceOf(buffer, policy);
  return {
    declared: policy.declared,
    name: choice.name,
    origin: choice.origin,
    ...(hasSwitches(buffer, policy.escape) ? { isSwitching: true } : {}),
    warnings: [...choice.warnings, ...qualityOf(buffer, choice.name)],
  };
}

function forced(policy: CharsetPolicy): Choice {
  const name = defaultOf(policy);
  if (name === undefined) throw new RangeError('charsetPolicy force needs a charsetDefault');
  return { name, origin: 'source-default', warnings: [] };
}

function defaultOf(policy: CharsetPolicy): string | undefined {
  if (policy.charsetDefault === undefined) return undefined;
  const name = canonicalCharset(policy.charsetDefault);
  if (name === undefined) throw new RangeError('charsetDefault is not a character set that can be read here');
  return name;
}

/** Nothing is declared, and nothing has to be guessed. */
const undeclaredAscii: Choice = { name: 'ascii', origin: 'ascii', warnings: [] };

function choiceOf(buffer: Buffer, policy: CharsetPolicy): Choice {
  if (policy.charsetPolicy === 'force') return forced(policy);
  if (policy.declared === '' && policy.switching === '' && isAscii(buffer)) return undeclaredAscii;
  return chosen(buffer, policy);
}

function chosen(buffer: Buffer, policy: CharsetPolicy): Choice {
  const [first = '', ...alternates] = namesOf(policy);
  const name = canonicalCharset(first === '' ? 'ASCII' : first);
  if (name !== undefined && switchesByEsc(buffer, policy, alternates)) return declaredAs(switchingFrom(name));
  switch (name) {
    case undefined:
      return guessed(buffer, policy, ['charset-unknown']);
    case 'ascii':
      return asciiOrGuessed(buffer, policy, first !== '');
    case 'iso-8859-1':
      return hasControlBytes(buffer)
        ? { name: 'windows-1252', origin: 'declared', warnings: ['charset-windows-1252'] }
        : declaredAs(name);
    default:
      return declaredAs(name);
  }
}

function asciiOrGuessed(buffer: Buffer, policy: CharsetPolicy, isDeclared: boolean): Choice {
  return isDeclared && isAscii(buffer) ? declaredAs('ascii') : guessed(buffer, policy, []);
}

// Alternates in MSH-18 matter only where an ESC sequence switches to them; MSH-20 may say so without naming them.
function switchesByEsc(buffer: Buffer, { switching }: CharsetPolicy, alternates: readonly string[]): boolean {
  return buffer.includes(0x1b) && (/^ISO 2022/i.test(switching) || alternates.some(isSwitchable));
}

/** A set of one byte each keeps its upper half until that is switched; others do not switch. */
function switchingFrom(name: string): string {
  if (name === 'ascii') return 'iso-2022-jp';
  return name.startsWith('iso-8859-') ? `${iso2022Prefix}${name}` : name;
}

function isSwitchable(declared: string): boolean {
  const name = canonicalCharset(declared) ?? '';
  return /^(?:iso-2022-jp|iso-8859-\d+|euc-kr|gb18030)$/.test(name);
}

function namesOf(policy: CharsetPolicy): readonly string[] {
  const names = policy.separator === '' ? [policy.declared] : policy.declared.split(policy.separator);
  return names.map((one) => one.trim());
}

function declaredAs(name: string): Choice {
  return { name, origin: 'declared', warnings: [] };
}

function guessed(buffer: Buffer, policy: CharsetPolicy, warnings: readonly string[]): Choice {
  if (isAscii(buffer)) return { name: 'ascii', origin: 'ascii', warnings };
  if (isUtf8(buffer)) return { name: 'utf-8', origin: 'utf-8', warnings: [...warnings, 'charset-guessed'] };
  const name = defaultOf(policy);
  if (name === undefined) {
    // What stands after a switch is read by it, and what does not is flagged field by field.
    const isAnswered = hasSwitches(buffer, policy.escape);
    return { name: 'ascii', origin: 'ascii', warnings: isAnswered ? warnings : [...warnings, 'charset-undetermined'] };
  }
  // An operator who chose `default` has answered the question: no guess left to report.
  const isChosen = policy.charsetPolicy === 'default';
  return { name, origin: 'source-default', warnings: isChosen ? warnings : [...warnings, 'charset-guessed'] };
}

function hasControlBytes(buffer: Buffer): boolean {
  return !isAscii(buffer) && buffer.some((byte) => byte >= 0x80 && byte <= 0x9f);
}

/** Signs that the sender, or somebody before it, read text in the wrong set (C5, C6): said, never repaired. */
function qualityOf(buffer: Buffer, name: string): readonly string[] {
  if (isAscii(buffer)) return [];
  if (name === 'utf-8') return utf8Quality(buffer);
  if (!name.startsWith('iso-8859') && !name.startsWith('windows')) return [];
  if (isUtf8(buffer)) return ['mojibake-suspected'];
  return name.startsWith('iso-8859') && hasControlBytes(buffer) ? ['control-characters'] : [];
}

function utf8Quality(buffer: Buffer): readonly string[] {
  const warnings: string[] = [];
  if (buffer.includes(Buffer.from('\uFFFD'))) warnings.push('replacement-character-sent');
  if (hasC1Controls(buffer)) warnings.push('control-characters');
  if (hasDoubleEncoding(buffer)) warnings.push('mojibake-suspected');
  return warnings;
}

// U+00C2 or U+00C3 followed by U+0080..U+00BF: the two bytes of one character, each encoded again.
function hasDoubleEncoding(buffer: Buffer): boolean {
  for (let at = buffer.indexOf(0xc3); at >= 0; at = buffer.indexOf(0xc3, at + 1)) {
    const second = buffer[at + 1];
    if ((second === 0x82 || second === 0x83) && buffer[at + 2] === 0xc2) return true;
  }
  return false;
}

function hasC1Controls(buffer: Buffer): boolean {
  for (let at = buffer.indexOf(0xc2); at >= 0; at = buffer.indexOf(0xc2, at + 1)) {
    if ((buffer[at + 1] ?? 0xff) <= 0x9f) return true;
  }
  return false;
}
