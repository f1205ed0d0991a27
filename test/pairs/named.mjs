// A message whose PID has no number is about nobody: the product keeps it and maps nothing (docs/messages.md). What the
// tables make of its fields is compared all the same, once its patient has a number.
export const madeUp = 'PAIRS-1';

/** `{ isNamed, bytes }`: whether PID-2, PID-3 or PID-4 has a number, and the message with one where none has. */
export function named(bytes) {
  const segments = bytes.toString('latin1').split('\r');
  const header = segments.findIndex((segment) => segment.includes('MSH'));
  const separator = segments[header].charAt(segments[header].indexOf('MSH') + 3);
  const at = segments.findIndex((segment) => segment.startsWith(`PID${separator}`));
  const pid = at < 0 ? ['PID', '1', '', ''] : segments[at].split(separator);
  const isNamed = [2, 3, 4].some((n) => (pid[n] ?? '') !== '');
  if (isNamed) return { isNamed, bytes };
  const given = Object.assign(['PID', '1', '', ''], pid, { 3: madeUp }).join(separator);
  segments.splice(at < 0 ? header + 1 : at, at < 0 ? 0 : 1, given);
  return { isNamed, bytes: Buffer.from(segments.join('\r'), 'latin1') };
}

/** Without the number that was made up. */
export function withoutMadeUp(resource) {
  if (resource.resourceType !== 'Patient') return resource;
  return { ...resource, identifier: (resource.identifier ?? []).filter(({ value }) => value !== madeUp) };
}
