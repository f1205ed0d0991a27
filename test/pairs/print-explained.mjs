// The tables of `npm run pairs -- --explain`.
import { shares } from './score.mjs';

const percent = (share) => (share === undefined ? '-' : `${(share * 100).toFixed(1)} %`);

/** The score over what the guide's tables support, what is left without an explanation, and what each explanation took out. */
export function printExplained(explained, taken, most) {
  for (const [source, scores] of explained) {
    console.log(`\n${source}: over what the guide's tables support`);
    const rows = [...scores].map(([type, { open, ...one }]) => {
      const { recall, precision } = shares(one);
      return { type, ...one, recall: percent(recall), precision: percent(precision), 'not explained': open.length };
    });
    console.table(rows);
    for (const [type, { open }] of scores)
      for (const one of open.slice(0, most)) console.log(`not explained: ${type} ${one}`);
  }
  console.log('\ntaken out by each explanation');
  const order = ['theirs', 'open', 'choice'];
  const all = [...taken].sort(([a], [b]) => order.indexOf(a.whose) - order.indexOf(b.whose));
  console.table(all.map(([{ name, whose }, counts]) => ({ whose, class: name, ...counts })));
}
