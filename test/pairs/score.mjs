// Recall and precision of facts. Each expected fact counts once and is met by one fact of ours at most: saying nothing
// scores 0, saying everything twice costs precision.

/** Adds a pair to the scores: `Map` of resource type to `{ expected, ours, met, missed, surplus }`. `note` hears each difference. */
export function score(scores, { expected, ours }, note = () => undefined) {
  for (const type of new Set([...expected.keys(), ...ours.keys()])) {
    const one = scores.get(type) ?? { expected: 0, ours: 0, met: 0, missed: new Map(), surplus: new Map() };
    scores.set(type, one);
    const left = [...(ours.get(type) ?? [])];
    one.ours += left.length;
    for (const fact of expected.get(type) ?? []) {
      one.expected++;
      const at = left.indexOf(fact);
      if (at < 0) {
        count(one.missed, fact);
        note(type, 'missed', fact);
      } else {
        left.splice(at, 1);
        one.met++;
      }
    }
    for (const fact of left) {
      count(one.surplus, fact);
      note(type, 'only ours', fact);
    }
  }
  return scores;
}

/** Shares from 0 to 1; of nothing expected there is no recall, of nothing said no precision. */
export function shares({ expected, ours, met }) {
  return { recall: expected > 0 ? met / expected : undefined, precision: ours > 0 ? met / ours : undefined };
}

/** By path: which elements are missed, not with which values. */
function count(counts, fact) {
  const path = fact.slice(0, fact.indexOf(' = '));
  counts.set(path, (counts.get(path) ?? 0) + 1);
}
