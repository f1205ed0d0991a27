// What explanations look at: where a resource of theirs was made from, and what the other side says of the same element.
import { entriesOf } from '../facts.mjs';
import { field } from '../message.mjs';

/** Codes of a resource, as facts have them. */
export function codesOf(resource) {
  return entriesOf([resource])
    .filter(({ path }) => ['code', 'medicationCodeableConcept', 'vaccineCode', 'type'].includes(path))
    .map(({ value }) => value);
}

/** Some code of the resource stands in one of these fields. */
export function isFrom({ resource }, { message }, ...paths) {
  return codesOf(resource).some((code) => message.says(code, ...paths));
}

/** Some number or name of the resource stands in one of these fields. */
export function isNamedIn({ resource }, { message }, ...paths) {
  const names = entriesOf([resource]).filter(({ path }) =>
    /^(identifier\.value|name\.|telecom\.|subscriberId)/.test(path),
  );
  return names.some(({ value }) => message.says(value, ...paths));
}

/** Facts of the other side at the same path. */
export function others(entry, { expected, ours }) {
  return (expected.includes(entry) ? ours : expected).filter(
    ({ type, path }) => type === entry.type && path === entry.path,
  );
}

export const isOf =
  (...codes) =>
  (_, { message }) =>
    codes.includes(message.code);
export const code = (value) => value.slice(value.indexOf('|') + 1);

/** The OBX that a resource of theirs or ours was made from: those with its code, or without any. */
export function obxOf({ resource }, { message }) {
  const codes = codesOf(resource)
    .map(code)
    .filter((one) => one !== 'not named');
  const lines = message.segments.filter(({ name }) => name === 'OBX');
  if (codes.length === 0) return lines.filter((one) => field(one, 3) === '');
  return lines.filter((one) => codes.some((each) => field(one, 3).toLowerCase().split('^').includes(each)));
}

/** The OBR of a report or a request, and whether an ORC stands with it. */
export function obrOf({ resource }, { message }) {
  const codes = codesOf(resource).map(code);
  return message.segments.flatMap((one, at) => {
    if (one.name !== 'OBR' || !codes.some((each) => field(one, 4).toLowerCase().split('^').includes(each))) return [];
    const before = message.segments.slice(0, at).findLast(({ name }) => ['ORC', 'OBR'].includes(name));
    return [{ obr: one, orc: before?.name === 'ORC' ? before : undefined }];
  });
}
