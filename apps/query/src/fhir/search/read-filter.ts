import type { DatePrefix, SearchFilter } from '../../history/history-types.js';
import { invalidParameter } from '../fhir-failure.js';
import type { ParameterKind } from '../../project/search-parameters.js';
import { targetsOf } from '../served-types.js';
import { prefixedDate } from './prefixed-date.js';
import { splitUnescaped, unescaped } from './split-values.js';

type TokenFilter = Extract<SearchFilter, { kind: 'token' }>;
type QuantityFilter = Extract<SearchFilter, { kind: 'quantity' }>;

export interface Given {
  readonly param: string;
  readonly modifier?: string | undefined;
  readonly value: string;
}

/** Modifiers by kind of parameter; others are refused, because ignoring one changes the meaning of a search. */
const modifiers: Readonly<Record<string, readonly string[]>> = { token: ['not'], string: ['exact', 'contains'] };

/** One parameter as the filter it means. Throws 400, naming the parameter and never its value. */
export function readFilter(kind: ParameterKind, given: Given): SearchFilter {
  const { param, modifier, value } = given;
  checkModifier(kind, given);
  const values = splitUnescaped(value, ',');
  if (values.includes('')) throw invalidParameter(param, 'an empty value');
  switch (kind) {
    case 'token':
      return {
        kind: 'token',
        param,
        anyOf: values.map((one) => tokenOf(param, one)),
        ...(modifier === 'not' && { isNot: true }),
      };
    case 'string':
      return { kind: 'string', param, match: matchOf(modifier), anyOf: values.map(unescaped) };
    case 'date':
      return { kind: 'date', param, anyOf: values.map((one) => prefixedDate(param, one)) };
    case 'quantity':
      return { kind: 'quantity', param, anyOf: values.map((one) => quantityOf(param, one)) };
    case 'reference': {
      const types = modifier === undefined ? targetsOf(param) : [modifier];
      return { kind: 'token', param, anyOf: values.flatMap((one) => referencesOf({ param, types, text: one })) };
    }
  }
}

function checkModifier(kind: ParameterKind, { param, modifier }: Given): void {
  if (modifier !== undefined && !modifiersOf(kind, param).includes(modifier))
    throw invalidParameter(param, 'this modifier is not served');
}

function modifiersOf(kind: ParameterKind, param: string): readonly string[] {
  return kind === 'reference' ? targetsOf(param) : (modifiers[kind] ?? []);
}

function matchOf(modifier: string | undefined): 'starts' | 'exact' | 'contains' {
  return modifier === 'exact' || modifier === 'contains' ? modifier : 'starts';
}

/** `value`, `system|value`, `|value` (no system), `system|` (any value). */
export function tokenOf(param: string, text: string): TokenFilter['anyOf'][number] {
  const [first = '', second, ...more] = splitUnescaped(text, '|').map(unescaped);
  if (more.length > 0) throw invalidParameter(param, 'more than one | in a token');
  if (second === undefined) return { value: first };
  if (first === '' && second === '') throw invalidParameter(param, 'an empty token');
  return second === '' ? { system: first } : { system: first, value: second };
}

interface ReferenceText {
  readonly param: string;
  /** What it may be a reference to. */
  readonly types: readonly string[];
  readonly text: string;
}

/** `id`, `Type/id` or an absolute URL that ends so, as every `Type/id` that it can mean. */
export function referencesOf({ param, types, text }: ReferenceText): readonly { readonly value: string }[] {
  const found = /^(?:https?:\/\/[^?#]+\/)?(?:([A-Z][A-Za-z]+)\/)?([A-Za-z0-9.-]{1,64})$/.exec(text);
  const [, named, id] = found ?? [];
  if (id === undefined || (named !== undefined && !types.includes(named)))
    throw invalidParameter(param, `not a reference to ${types.join(' or ')}`);
  return (named === undefined ? types : [named]).map((type) => ({ value: `${type}/${id}` }));
}

const quantityPattern = /^(eq|ne|lt|gt|le|ge)?([+-]?\d{1,15}(?:\.(\d{1,10}))?(?:e([+-]?\d{1,2}))?)$/i;

/** `5.4`, `gt5.4||mg`: the number stands for the range that its digits leave open (§3.1.1.4.2). */
function quantityOf(param: string, text: string): QuantityFilter['anyOf'][number] {
  const [number = '', system = '', code = ''] = splitUnescaped(text, '|').map(unescaped);
  return { ...rangeOf(param, number), ...(system !== '' && { system }), ...(code !== '' && { code }) };
}

function rangeOf(param: string, number: string): { prefix: DatePrefix; low: number; high: number } {
  const found = quantityPattern.exec(number);
  if (found === null) throw invalidParameter(param, 'not a quantity');
  const [, prefix = 'eq', digits = '', fraction = '', exponent = '0'] = found;
  const amount = Number(digits);
  const half = 0.5 * 10 ** (Number(exponent) - fraction.length);
  return { prefix: prefix.toLowerCase() as DatePrefix, low: amount - half, high: amount + half };
}
