// What a message of a pair says and where: enough to tell which field a fact was taken from.
const squash = (text) => text.replace(/[\s()+.:/&-]/g, '').toLowerCase();

/** `{ code, trigger, segments, values(path), says(value, paths), has(name) }`; segments are `{ name, fields }`, fields lists of texts. */
export function messageOf(bytes) {
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '');
  const header = lines.find((line) => line.startsWith('MSH')) ?? 'MSH|^~\\&';
  const separator = header.charAt(3);
  const segments = lines.map((line) => {
    const [name, ...fields] = line.split(separator);
    return { name, fields: name === 'MSH' ? [name, separator, ...fields] : [name, ...fields] };
  });
  const [, code = '', trigger = ''] =
    /^([^^]*)\^?([^^]*)/.exec(
      field(
        segments.find(({ name }) => name === 'MSH'),
        9,
      ),
    ) ?? [];
  const known = new Map();
  const values = (path) => {
    if (!known.has(path)) known.set(path, valuesAt(segments, path));
    return known.get(path);
  };
  const count = (value, paths) =>
    paths.flatMap(values).filter((one) => one === squash(value.slice(value.indexOf('|') + 1))).length;
  return {
    code,
    trigger,
    segments,
    values,
    count,
    says: (value, ...paths) => count(value, paths) > 0,
    has: (name) => segments.some((one) => one.name === name),
  };
}

/** The text of a field, all repetitions. */
export function field(segment, n) {
  return segment?.fields[n] ?? '';
}

/** `PID-3` and `PID-3.1`: each repetition of the field or of the component, and the subcomponents, without blanks and signs. */
function valuesAt(segments, path) {
  const [, name, n, part] = /^(\w{3})(?:-(\d+)(?:\.(\d+))?)?$/.exec(path);
  const wanted = segments.filter((one) => one.name === name);
  const fields =
    n === undefined ? wanted.flatMap(({ fields: [, ...all] }) => all) : wanted.map((one) => field(one, Number(n)));
  return fields.flatMap((text) =>
    text.split('~').flatMap((repetition) => {
      const components = repetition.split('^');
      const chosen = part === undefined ? components : [components[Number(part) - 1] ?? ''];
      return chosen
        .flatMap((one) => [...new Set([one, ...one.split('&')])])
        .map(squash)
        .filter((one) => one !== '');
    }),
  );
}
