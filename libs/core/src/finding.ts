/**
 * One way in which a message is not what HL7 says it should be, or holds what could not be used. It refuses nothing by
 * itself, and never carries a value.
 */
export interface Finding {
  /** `field-required`, `data-type`, … (docs/adding-a-source.md). */
  readonly rule: string;
  /** `PID-8`, `PID-3.4`, `PV1`; empty when the whole message is meant. */
  readonly location: string;
  /** HL7's own name of the place, and what is wrong there. */
  readonly text: string;
  /** What the value looks like: so many digits, letters, blanks, signs. */
  readonly shape?: string;
}

/** In one message: with more of them the rest says nothing new. */
export const findingsMax = 100;
/** Lengths that the tables hold. */
export const findingLengths = { rule: 40, location: 40, text: 255, shape: 100 } as const;

/** The findings that came with an event, as far as they are any. A sender of events is not trusted to count right. */
export function parseFindings(value: unknown): readonly Finding[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, findingsMax).flatMap((one: unknown) => {
    const { rule, location, text, shape } = (one ?? {}) as Partial<Record<keyof Finding, unknown>>;
    if (!isText(rule) || !isText(location) || !isText(text)) return [];
    return [
      {
        rule: rule.slice(0, findingLengths.rule),
        location: location.slice(0, findingLengths.location),
        text: text.slice(0, findingLengths.text),
        ...(isText(shape) && { shape: shape.slice(0, findingLengths.shape) }),
      },
    ];
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
