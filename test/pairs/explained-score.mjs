// The score again over the facts that the guide's tables support. Each difference that an explanation takes out is counted
// under it. An explanation is a class of facts, with the row of the table that says so; none names a file.
import { explanations } from './explanations/index.mjs';

/**
 * Adds a pair to `scores`, a `Map` of resource type to `{ theirs, expected, ours, met, open }` (`theirs`: all facts of theirs), and to `taken`, a `Map` of
 * explanation to facts taken out. Of expected facts those that no explanation speaks of are met first; what is explained
 * counts neither for us nor against us, met or not.
 */
export function scoreExplained(scores, taken, pair) {
  const explain = explainerOf(pair);
  // What nothing explains is met first, on both sides.
  const said = pair.ours.map((entry) => ({ entry, by: explain(entry, 'only ours') }));
  const left = [...said.filter((one) => isCounted(one.by)), ...said.filter((one) => !isCounted(one.by))];
  const meet = (entry) => {
    const at = left.findIndex((one) => one.entry.type === entry.type && one.entry.fact === entry.fact);
    return at >= 0 && left.splice(at, 1).length > 0;
  };
  const expected = pair.expected.map((entry) => ({ entry, by: explain(entry, 'missed') }));
  for (const { entry } of expected) scoreOf(scores, entry.type).theirs++;
  for (const { entry, by } of expected.filter((one) => isCounted(one.by))) {
    const one = scoreOf(scores, entry.type);
    one.expected++;
    if (meet(entry)) {
      one.met++;
      one.ours++;
    } else note(one, entry, { by, side: 'missed', taken });
  }
  for (const { entry, by } of expected) if (!isCounted(by) && !meet(entry)) take(taken, by, 'missed');
  for (const { entry, by } of left) {
    const one = scoreOf(scores, entry.type);
    if (isCounted(by)) one.ours++;
    note(one, entry, { by, side: 'only ours', taken });
  }
}

/** What we chose otherwise than the tables have it counts against us, though it is explained. */
function isCounted(by) {
  return by === undefined || by.whose === 'choice';
}

function note(one, entry, { by, side, taken }) {
  if (by === undefined) one.open.push(`${side} ${entry.fact}`);
  else take(taken, by, side);
}

/**
 * The first explanation that speaks of a fact. One that takes values from fields takes each as often as it stands there,
 * and only what is left once the fields `beside` them, which the tables do map, have had theirs.
 */
function explainerOf(pair) {
  const used = new Map();
  const met = new Map();
  const next = (counts, key) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key);
  };
  return (entry, side) => {
    const nth = next(met, `${side} ${entry.type} ${entry.fact}`);
    return explanations.find((one) => {
      if (!speaksOf(one, entry, side) || one.when?.(entry, pair) === false) return false;
      if (one.from === undefined) return true;
      if (nth <= pair.message.count(entry.value, one.beside?.(entry) ?? [])) return false;
      const key = `${one.name} ${entry.type} ${entry.fact}`;
      if ((used.get(key) ?? 0) >= pair.message.count(entry.value, one.from)) return false;
      next(used, key);
      return true;
    });
  };
}

function speaksOf({ side, type, path }, entry, of) {
  return (
    (side === undefined || side === of) &&
    (type === undefined || [type].flat().includes(entry.type)) &&
    (path === undefined || [path].flat().some((one) => entry.path === one || entry.path.startsWith(`${one}.`)))
  );
}

function scoreOf(scores, type) {
  const one = scores.get(type) ?? { theirs: 0, expected: 0, ours: 0, met: 0, open: [] };
  scores.set(type, one);
  return one;
}

function take(taken, explanation, side) {
  const counts = taken.get(explanation) ?? { missed: 0, 'only ours': 0 };
  counts[side]++;
  taken.set(explanation, counts);
}
