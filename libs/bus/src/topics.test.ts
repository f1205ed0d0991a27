import { describe, expect, it } from '@jest/globals';
import { deadTopicOf, isDeadTopic, isTopic, settingsOf, type Topic, topics } from './topics.js';

describe('topics', () => {
  it('gives a dead topic the partitions of its topic, and never compacts it', () => {
    const dead = deadTopicOf('registry.changed', 'query');
    expect(dead).toBe('registry.changed.query.dead');
    expect(settingsOf(dead)).toEqual({ ...topics['registry.changed'], isCompacted: false });
    expect(deadTopicOf(dead, 'query')).toBe(dead);
    expect(deadTopicOf(dead, 'registration')).toBe(`${dead}.registration.dead`);
    expect(settingsOf(deadTopicOf('clinical.received', 'registration'))).toEqual(topics['clinical.received']);
  });

  it('tells topics, dead topics and other names apart', () => {
    expect(isTopic('clinical.received')).toBe(true);
    expect(isTopic('clinical.received.registration.dead')).toBe(true);
    expect(isDeadTopic('clinical.received')).toBe(false);
    expect(isDeadTopic('clinical.received.registration.dead')).toBe(true);
    for (const name of ['clinical', 'clinical.received.registration', 'dead', 'other.registration.dead', 'toString']) {
      expect(isTopic(name)).toBe(false);
      expect(() => settingsOf(name as Topic)).toThrow('no such topic');
    }
  });
});
