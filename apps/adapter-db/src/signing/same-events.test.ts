import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { BusRecord } from '@anamnesis/bus';
import { canonicalJson, type ReceivedEvent } from '@anamnesis/core';
import { Intake } from '../../test/intake.js';
import { everyKindMapping, rowsOfEveryKind } from '../../test/rows-of-every-kind.js';
import { receiveRowsWith } from '../intake/receive-rows.js';

let intake: Intake;
beforeEach(() => {
  intake = new Intake();
  // When an event was received is part of it.
  jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 1, 1));
});
afterEach(() => {
  intake.dispose();
  jest.restoreAllMocks();
});

/** All of a record but the signature, which is another one each time and covers other events with it; members in whatever order. */
function textOf({ key, header, body }: BusRecord): string {
  const { signature, ...rest } = header as unknown as ReceivedEvent;
  const { value, tree, ...who } = signature;
  return [key, canonicalJson({ ...rest, signature: { ...who, value: '' } }), Buffer.from(body).toString()].join(' ');
}

it('makes the events that it made when one thread did all, value for value', async () => {
  const deliver = receiveRowsWith(intake.options(everyKindMapping, new AbortController().signal));
  const changes = rowsOfEveryKind(60);
  for (let from = 0; from < changes.length; from += 150)
    await deliver({ changes: changes.slice(from, from + 150), position: { from } });
  await deliver({
    gap: { reason: 'log-purged', from: '0-1-9', at: '2026-01-01T00:00:00.000Z' },
    changes: [],
    position: {},
  });
  const texts = intake.bus.published.map(({ topic, record }) => `${topic} ${textOf(record)}`);
  expect(texts).toHaveLength(changes.length + 1);
  expect(createHash('sha256').update(texts.join('\n')).digest('hex')).toBe(
    '4a944f13ec58c17d172916b2eb5eaaa031e5c30485dc1793e4e773b95eab0b8e',
  );
});
