import type { CorrectionCondition, CorrectionRule, Corrections } from '@anamnesis/core';
import { Pattern } from './pattern/pattern.js';
import { parsePath, type Path, pathText } from './path.js';

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
  return { kind, from: pathOf('move' in rule ? rule.move : rule.copy), to, location: pathText(to), ...condition };
}

function pathOf(text: string): Path {
  const path = parsePath(text);
  if (path === undefined) throw new RangeError('a rule with a path that is none');
  return path;
}
