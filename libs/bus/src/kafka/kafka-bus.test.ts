import { describe } from '@jest/globals';
import { eventBusConformance } from '../event-bus.conformance.js';
import { isKafkaThere, newPlace, withDead } from './testing/test-cluster.js';

const topics = [
  ...withDead('clinical.received', 'group', 'a', 'b', 'other'),
  ...withDead('registry.changed', 'group'),
  ...withDead('person.changed', 'group'),
];

const suite = isKafkaThere() ? describe : describe.skip;

suite('on Kafka', () => {
  eventBusConformance('kafka', () => newPlace(topics));
});
