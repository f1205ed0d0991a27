const time = String.raw`\d{2}(\d\d(\d\d(\.\d{1,4})?)?)?`;
const offset = String.raw`([+-]\d{4})?`;
const moment = new RegExp(String.raw`^\d{4}(\d\d(\d\d(${time})?)?)?${offset}$`);

/** Primitive types whose form the standard fixes (v2.9 chapter 2A), and how their values look. */
const patterns: ReadonlyMap<string, RegExp> = new Map([
  ['NM', /^[+-]?(\d+(\.\d*)?|\.\d+)$/],
  ['SI', /^\d+$/],
  ['DT', /^\d{4}(\d\d(\d\d)?)?$/],
  ['TM', new RegExp(`^${time}${offset}$`)],
  ['DTM', moment],
  ['TS', moment],
]);

/** Of a type whose form is fixed; undefined where any text will do, or the type is made of components. */
export function patternOf(type: string): RegExp | undefined {
  return patterns.get(type);
}
