import type { CorrectionCondition, CorrectionRule, Corrections } from '@anamnesis/core';
import { Pattern } from './pattern/pattern.js';
import { depthOf, parsePath, type Path, pathText } from './path.js';

/** A rule with its paths and pattern read. */
export type ReadyRule = {
  /** What it changes. */
  readonly location: string;
  readonly when?: CorrectionCondition;
} & (
  | { readonly kind: 'move' | 'copy'; readonly from: Path; readonly to: Path }
  | { readonly kind: 'default'; readonly path: Path; readonly value: string }
  | { readonly kind: 'pattern'; readonly path: Path; readonly find: Pattern; readonly replace: string }
);

const known = new WeakMap<Corrections, readonly ReadyRule[]>();

/** The rules of a file, read once; they were checked when the file was taken. */
export function readyRules(corrections: Corrections): readonly ReadyRule[] {
  const found = known.get(corrections) ?? corrections.rules.map(readyRule);
  known.set(corrections, found);
  return found;
}

function readyRule(rule: CorrectionRule): ReadyRule {
  const { when } = rule;
  const condition = when && { when };
  if ('default' in rule) {
    const path = pathOf(rule.default);
    return { kind: 'default', path, value: rule.value, location: pathText(path), ...condition };
  }
  if ('pattern' in rule) {
    const path = pathOf(rule.pattern);
    const { find, replace } = rule;
    return { kind: 'pattern', path, find: new Pattern(find), replace, location: pathText(path), ...condition };
  }
  const to = pathOf(rule.to);
  const kind = 'move' in rule ? 'move' : 'copy';
  const from = asDeep(pathOf('move' in rule ? rule.move : rule.copy), to);
  return { kind, from, to, location: pathText(to), ...condition };
}

/** Into a part goes a part: of a whole field its first repetition, component, subcomponent, as HL7 reads one. */
function asDeep(from: Path, to: Path): Path {
  const depth = depthOf(to);
  return {
    ...from,
    ...(depth >= 1 && from.repetition === undefined && { repetition: 1 }),
    ...(depth >= 2 && from.component === undefined && { component: 1 }),
    ...(depth >= 3 && from.subcomponent === undefined && { subcomponent: 1 }),
  };
}

function pathOf(text: string): Path {
  const path = parsePath(text);
  if (path === undefined) throw new RangeError('a rule with a path that is none');
  return path;
}
