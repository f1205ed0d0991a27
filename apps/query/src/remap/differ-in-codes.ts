import { canonicalJson, type Json, type Statement } from '@anamnesis/core';

type JsonObject = Readonly<Record<string, Json | undefined>>;

const codingMembers: ReadonlySet<string> = new Set(['system', 'version', 'code', 'display', 'userSelected']);

/**
 * Are these the same statements but for what a code table may change: codings that we added beside those sent, an element that
 * is one coding (`Encounter.class`), the code of a unit?
 */
export function differInCodes(before: readonly Statement[], again: readonly Statement[]): boolean {
  return textOf(before) === textOf(again);
}

function textOf(statements: readonly Statement[]): string {
  return canonicalJson(withoutCodes(JSON.parse(JSON.stringify(statements)) as Json));
}

function withoutCodes(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutCodes(one));
  if (!isObject(value)) return value;
  if (isCoding(value)) return 'a coding';
  const hasUnit = typeof value['unit'] === 'string';
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(hasUnit && (name === 'system' || name === 'code')))
      .map(([name, one]) => [name, name === 'coding' && Array.isArray(one) ? sentOf(one) : withoutCodes(one ?? null)]),
  );
}

/** FHIR R4 `Coding.userSelected`: false where we added it. */
function sentOf(codings: readonly Json[]): Json {
  return codings.filter((one) => !isObject(one) || one['userSelected'] !== false);
}

function isCoding(value: JsonObject): boolean {
  return typeof value['code'] === 'string' && Object.keys(value).every((name) => codingMembers.has(name));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
