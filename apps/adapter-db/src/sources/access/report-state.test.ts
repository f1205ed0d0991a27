import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@anamnesis/runtime';
import { AdapterMetrics } from '../../adapter-metrics.js';
import { Reminders } from '../../reminders.js';
import { watchSource } from '../../watch-source.js';
import { SourceFault } from '../source-fault.js';
import type { AccessState } from './access-source.js';
import { reportTo } from './report-state.js';

const held = { reason: 'rows-lost', text: 'table Persons: 9 of 20 rows are gone', digest: '', since: '' } as const;
const states: readonly (readonly [string, AccessState])[] = [
  ['reading', { state: 'same', missing: [{ table: 'Persons', column: 'Town' }] }],
  ['held', { state: 'held', held }],
  ['unreadable', { state: 'fault', fault: new SourceFault('access-file-missing', 'there is no such file') }],
  ['reading', { state: 'taken', counts: { r: 1, u: 0, d: 0 }, drift: [], skipped: [] }],
];

describe('the state of an Access file', () => {
  it('is reading where the mapping names a column that is not there, which is said', () => {
    const said: unknown[] = [];
    const watch = {
      ...{ state: () => undefined, reconnecting: () => undefined, caughtUp: () => undefined },
      ...{ waiting: () => undefined, compared: () => undefined, replica: () => undefined },
      guard: (kind: string, about: object) => said.push([kind, about]),
    };
    const [same] = states;
    reportTo(watch)(same?.[1] ?? { state: 'same' });
    expect(said).toEqual([['column-missing', { table: 'Persons', column: 'Town' }]]);
  });

  it('is what the last look at it came to', async () => {
    const metrics = new Metrics();
    const logger = { warn: () => undefined, log: () => undefined };
    const reminders = new Reminders(() => 0);
    const report = reportTo(watchSource({ name: 'paper', metrics: new AdapterMetrics(metrics), logger, reminders }));
    for (const [expected, state] of states) {
      report(state);
      const text = await metrics.text();
      const now = [...text.matchAll(/db_source_state\{source="paper",state="(\w+)"\} 1/g)].map(([, one]) => one);
      expect(now).toEqual([expected]);
    }
  });
});
