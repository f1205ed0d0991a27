import type { Json } from '@anamnesis/core';

/**
 * The part of FHIR R4 (4.0.1) that mappings write. Type aliases, not interfaces: a slot takes them as `Json`. Resources
 * themselves have no type each: they are joined from slots by `assemble` and checked by validators in the tests.
 */
export type FhirResource = {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: Json | undefined;
};

/** A decimal with the digits as sent; `stringifyFhir` writes it as a bare JSON number. */
export type Decimal = { readonly $decimal: string };

export type Coding = {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
  readonly userSelected?: boolean;
};

export type CodeableConcept = { readonly coding?: readonly Coding[]; readonly text?: string };

export type Period = { readonly start?: string; readonly end?: string };

export type Identifier = {
  readonly use?: string;
  readonly type?: CodeableConcept;
  readonly system?: string;
  readonly value?: string;
  readonly period?: Period;
};

export type Reference = {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
};

export type Extension = { readonly url: string; readonly [value: string]: Json | undefined };

export type HumanName = {
  readonly use?: string;
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly string[];
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
  readonly period?: Period;
};

export type Address = {
  readonly use?: string;
  readonly type?: string;
  readonly line?: readonly string[];
  readonly city?: string;
  readonly district?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly period?: Period;
};

export type ContactPoint = {
  readonly system?: string;
  readonly value?: string;
  readonly use?: string;
  readonly rank?: number;
  readonly period?: Period;
};

export type Quantity = {
  readonly value?: Decimal;
  readonly comparator?: string;
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
};

export type Range = { readonly low?: Quantity; readonly high?: Quantity };

export type Ratio = { readonly numerator?: Quantity; readonly denominator?: Quantity };

export type Attachment = {
  readonly contentType?: string;
  readonly data?: string;
  readonly url?: string;
  readonly size?: number;
  readonly hash?: string;
  readonly title?: string;
};

export type Annotation = { readonly text: string };

/** One value of an Observation or of a component: `{ valueQuantity: … }`. */
export type ObservationValue = { readonly [element: string]: Json };
