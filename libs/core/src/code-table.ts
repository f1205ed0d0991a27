/** What a code of a source's own means in a code system that everybody knows. */
export interface CodeTranslation {
  /** As in the FHIR that is served: `urn:anamnesis:MPK:L`. */
  readonly system: string;
  readonly code: string;
  readonly to: StandardCoding;
}

export interface StandardCoding {
  /** URI: `http://loinc.org`. */
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/** The translations of one source, all of them; a change makes a new version. */
export interface CodeTable {
  /** From 1. */
  readonly version: number;
  readonly rows: readonly CodeTranslation[];
}

/** In one table: it travels whole with the facts of its source. */
export const codeRowsMax = 2000;

/** A code of the source's own that came without any other, and that no translation names. */
export interface LocalCode {
  readonly system: string;
  readonly code: string;
  /** `OBX-3` */
  readonly location: string;
  readonly display?: string;
}

/** In one message. */
export const localCodesMax = 100;
/** Lengths that the tables hold. */
export const localCodeLengths = { system: 255, code: 64, location: 40, display: 120 } as const;

/** The local codes that came with an event, as far as they are any and fit. */
export function parseLocalCodes(value: unknown): readonly LocalCode[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, localCodesMax).flatMap((one: unknown) => {
    const { system, code, location, display } = (one ?? {}) as Partial<Record<keyof LocalCode, unknown>>;
    if (!fits(system, 'system') || !fits(code, 'code') || !fits(location, 'location')) return [];
    return [{ system, code, location, ...(fits(display, 'display') && { display }) }];
  });
}

function fits(value: unknown, field: keyof typeof localCodeLengths): value is string {
  return typeof value === 'string' && value !== '' && value.length <= localCodeLengths[field];
}
