import { type Finding, type LocalCode, localCodesMax, RecentResults } from '@anamnesis/core';

/** Fields of a person, and the answer to a question: what stands there is a value of the patient, not a code to look up. */
const patientFields = /^(PID|PD1|NK1|GT1|IN1|IN2|Z[A-Z0-9]{2})-|^OBX-5$/;
/** What looks like a code: no blanks, not long. A text in the place of a code is nobody's work. */
const codeLike = /^\S{1,32}$/u;

/** Collects the codes of one message that somebody has to translate. */
export class LocalCodes {
  readonly #byName = new Map<string, LocalCode>();
  readonly #findings = new Map<string, Finding>();

  add(code: LocalCode): void {
    const place = `${code.location} ${code.system}`;
    if (this.#findings.size < localCodesMax && !this.#findings.has(place))
      this.#findings.set(
        place,
        known.get(place, () => findingOf(code)),
      );
    if (this.#byName.size >= localCodesMax || patientFields.test(code.location) || !codeLike.test(code.code)) return;
    this.#byName.set(nameOf(code.system, code.code), code);
  }

  /** That there are such codes, and where; of patient fields too. */
  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  get list(): readonly LocalCode[] {
    return [...this.#byName.values()];
  }
}

/** A source sends its codes in the same places again and again. */
const known = new RecentResults<Finding>(1000);

/** A code in the place of one of HL7's tables goes under the table's number. */
function findingOf({ system, location }: LocalCode): Finding {
  const [, table] = /:(\d{4})$/.exec(system) ?? [];
  if (table === undefined)
    return { rule: 'code-system', location, text: `${location}: a code of a system that only the sender knows` };
  return {
    rule: 'table-code',
    location,
    text: `${location}: a code of the sender's own in the place of HL7 table ${table}`,
  };
}

function nameOf(system: string, code: string): string {
  return JSON.stringify([system, code]);
}
