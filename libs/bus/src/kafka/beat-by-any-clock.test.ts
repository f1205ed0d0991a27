import { expect, it } from '@jest/globals';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { beatByAnyClock } from './beat-by-any-clock.js';

const groupOf = (coordinator: object): ConsumerGroup => {
  const logger = { namespace: () => undefined };
  const instrumentationEmitter = { emit: () => undefined };
  const group = new (ConsumerGroup as unknown as new (options: object) => ConsumerGroup)({
    logger,
    instrumentationEmitter,
  });
  return Object.assign(group, { memberId: 'one', coordinator });
};

it('beats at once after the clock was set back, and then as often as ever', async () => {
  beatByAnyClock();
  let beats = 0;
  const group = groupOf({ heartbeat: () => Promise.resolve(beats++) });
  const beat = () => group.heartbeat({ interval: 60_000 });
  await beat();
  expect(beats).toBe(0);
  group.lastRequest = Date.now() + 3_600_000;
  await beat();
  await beat();
  expect(beats).toBe(1);
});
