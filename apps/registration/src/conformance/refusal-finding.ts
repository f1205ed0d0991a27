import { type Finding, findingLengths } from '@anamnesis/core';

/**
 * A refusal as a finding. Its reason ends with the shape of the value and names occurrence and repetition, which differ
 * from message to message: without them the same fault is the same finding.
 */
export function refusalFinding(code: string | number, reason: string, location = ''): Finding {
  const [, rule = reason, shape] = /^(.*) \(([^()]+)\)$/.exec(reason) ?? [];
  const text = rule.replace(/, (?:occurrence|repetition) \d+/g, '').slice(0, findingLengths.text);
  return {
    rule: `refused-${code}`.slice(0, findingLengths.rule),
    location: (location === '' ? placeIn(text) : pathOf(location)).slice(0, findingLengths.location),
    text,
    ...(shape !== undefined && { shape: shape.slice(0, findingLengths.shape) }),
  };
}

/** `PID^1^3^2^1` is `PID-3.1`. */
function pathOf(location: string): string {
  const [segment = '', , field, , component] = location.split('^');
  if (field === undefined) return segment;
  return component === undefined ? `${segment}-${field}` : `${segment}-${field}.${component}`;
}

function placeIn(text: string): string {
  const [, place = '', component] = /^([A-Z][A-Z0-9]{2}-\d+)(?:[^:]*, component (\d+))?/.exec(text) ?? [];
  return component === undefined ? place : `${place}.${component}`;
}
