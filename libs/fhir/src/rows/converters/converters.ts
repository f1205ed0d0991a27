import type { Annotation, Identifier, Reference } from '../../fhir-types.js';
import { compact } from '../../v2/compact.js';
import type { ConverterName } from '../mapping-file.js';
import type { ElementType } from '../r4/structure.js';
import { convertCoded, convertConcept, convertSex } from './convert-code.js';
import { convertDate, convertDateTime, convertTime } from './convert-date.js';
import { contactConverter, convertAddress, convertName } from './convert-person.js';
import { convertBase64, convertBoolean, convertDecimal, convertInteger } from './convert-plain.js';
import { convertQuantity } from './convert-quantity.js';
import { allTexts, Fault, onlyText, type Converter } from './converter.js';

interface KnownConverter {
  readonly convert: Converter;
  /** Element types that it fills. */
  readonly fills: readonly string[];
}

const textTypes = ['string', 'markdown', 'code', 'uri', 'url', 'canonical', 'id'];

const identifier: Converter = (values, { options }): Identifier | undefined | Fault => {
  const value = onlyText(values);
  if (value instanceof Fault) return value;
  const { type, system, use } = options;
  const coding = { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: type ?? '' };
  return compact({ use, type: type === undefined ? undefined : { coding: [coding] }, system, value });
};

const note: Converter = (values, { options }): Annotation | undefined | Fault => {
  const texts = allTexts(values);
  return texts instanceof Fault ? texts : { text: texts.join(options.separator ?? '\n') };
};

/** A name in place of a reference: who it is, without saying which resource. */
const shown: Converter = (values, place): Reference | undefined | Fault => {
  const display = convertCoded(values, place);
  if (display instanceof Fault) return display;
  return typeof display === 'string' ? { display } : undefined;
};

const converters: Readonly<Record<ConverterName, KnownConverter>> = {
  text: { convert: convertCoded, fills: textTypes },
  date: { convert: convertDate, fills: ['date', 'dateTime'] },
  dateTime: { convert: convertDateTime, fills: ['dateTime', 'instant'] },
  time: { convert: convertTime, fills: ['time'] },
  boolean: { convert: convertBoolean, fills: ['boolean'] },
  integer: { convert: convertInteger, fills: ['integer', 'positiveInt', 'unsignedInt'] },
  decimal: { convert: convertDecimal, fills: ['decimal'] },
  sex: { convert: convertSex, fills: ['code'] },
  name: { convert: convertName, fills: ['HumanName'] },
  address: { convert: convertAddress, fills: ['Address'] },
  phone: { convert: contactConverter('phone'), fills: ['ContactPoint'] },
  email: { convert: contactConverter('email'), fills: ['ContactPoint'] },
  quantity: { convert: convertQuantity, fills: ['Quantity', 'Age', 'Duration'] },
  concept: { convert: convertConcept, fills: ['CodeableConcept', 'Coding'] },
  identifier: { convert: identifier, fills: ['Identifier'] },
  note: { convert: note, fills: ['Annotation'] },
  base64: { convert: convertBase64, fills: ['base64Binary'] },
};

/** The converter that a rule names, else the one of the element's type. Undefined: the type needs paths below it. */
export function converterFor(as: ConverterName | undefined, type: ElementType): Converter | undefined {
  if (type.name === 'Reference') return shown;
  const name = as ?? defaultConverter(type);
  return name === undefined ? undefined : converters[name].convert;
}

export function fillsType(as: ConverterName, type: ElementType): boolean {
  return converters[as].fills.includes(type.name) || (as === 'text' && type.name === 'Reference');
}

export function defaultConverter(type: ElementType): ConverterName | undefined {
  return type.codes?.includes('female') === true ? 'sex' : defaults.get(type.name);
}

/** The first that fills a type; what may be a day or a time is read as both. */
const defaults: ReadonlyMap<string, ConverterName> = new Map([
  ...(Object.keys(converters) as ConverterName[])
    .reverse()
    .flatMap((name) => converters[name].fills.map((type): [string, ConverterName] => [type, name])),
  ['dateTime', 'dateTime'],
]);
