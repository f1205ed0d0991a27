/** Whether MSH-12.1 is `since` or later; what is no version counts as `assumedVersion`. */
export function isVersionSince(version: string, since: readonly [number, number, number]): boolean {
  const parts = versionParts(version) ?? versionParts(assumedVersion) ?? [];
  for (const [place, wanted] of since.entries()) {
    const part = parts[place] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** Of an answer to a message that names none, or none that can be understood. */
export const assumedVersion = '2.5.1';

function versionParts(version: string): readonly number[] | undefined {
  const found = /^\s*(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?/.exec(version);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}
