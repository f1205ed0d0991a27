// Why facts of the pairs differ, by class: `{ name, whose, side, type, path, from, when, source }`. `theirs`: the tables of the
// guide say otherwise or nothing; `open`: the guide leaves it to the receiver; `choice`: the tables say it and we do not.
// `from` names the fields that a value was taken from: it is explained as often as it stands there, less what stands in the
// fields `beside` them, which the tables map. `source` is what says so;
// explanations.test.ts looks each table and row up.
import { clinical } from './clinical.mjs';
import { documents } from './documents.mjs';
import { forms } from './forms.mjs';
import { orders } from './orders.mjs';
import { people } from './people.mjs';
import { results } from './results.mjs';
import { visits } from './visits.mjs';

export const explanations = [...people, ...visits, ...clinical, ...orders, ...results, ...documents, ...forms];
