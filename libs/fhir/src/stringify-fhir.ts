/**
 * JSON text of a resource or Bundle, decimals as bare digits. The pattern cannot match inside a JSON string: there its
 * quotes would be escaped.
 */
export function stringifyFhir(resource: unknown): string {
  const text = JSON.stringify(resource);
  return text.includes('{"$decimal":') ? text.replace(/\{"\$decimal":"([-+.0-9eE]+)"\}/g, '$1') : text;
}
