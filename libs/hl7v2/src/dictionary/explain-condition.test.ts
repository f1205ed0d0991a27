import { describe, expect, it } from '@jest/globals';
import type { Location } from '../message/warning.js';
import { openDictionary } from './dictionary.js';
import { explainCondition, nameOfPlace } from './explain-condition.js';

const dictionary = await openDictionary();
const place = (location: Location, version = '2.5.1') => nameOfPlace(location, dictionary, version);

describe('the name of a place', () => {
  it.each<[Location, string]>([
    [{ segment: 'PID', position: 1 }, 'PID Patient Identification'],
    [{ segment: 'PID', position: 1, field: 3 }, 'PID-3 Patient Identifier List'],
    [{ segment: 'PID', position: 2, field: 3 }, 'PID-3 Patient Identifier List, occurrence 2'],
    [
      { segment: 'PID', position: 1, field: 3, repetition: 2, component: 4 },
      'PID-3 Patient Identifier List, repetition 2, component 4 Assigning Authority',
    ],
    [
      { segment: 'MSH', position: 1, field: 9, repetition: 1, component: 2 },
      'MSH-9 Message Type, component 2 Trigger Event',
    ],
    [{ segment: 'ZPI', position: 1, field: 3, component: 2 }, 'ZPI-3, component 2'],
    [{ segment: 'constructor', position: 1, field: 1 }, 'constructor-1'],
  ])('%j is %p', (location, expected) => {
    expect(place(location)).toBe(expected);
  });

  it('is the one of the version of the message, or of the nearest that is listed', () => {
    const location = { segment: 'PID', position: 1, field: 3 };
    expect(place(location, '2.2')).toBe('PID-3 Patient ID');
    expect(['2.9', '3.0', '', '2.5.7'].map((version) => place(location, version))).toEqual(
      new Array(4).fill('PID-3 Patient Identifier List'),
    );
  });
});

describe('an explained condition', () => {
  const location = { segment: 'PID', position: 1, field: 3 };

  it('says the place by name, the rule and the shape', () => {
    const condition = { code: 102 as const, location, text: 'the identifier is too long', shape: '212 digits' };
    expect(explainCondition(condition, dictionary, '2.5').text).toBe(
      'PID-3 Patient Identifier List: the identifier is too long (212 digits)',
    );
  });

  it('does not say the place twice', () => {
    const condition = { code: 101 as const, location, text: 'PID-3 is empty' };
    expect(explainCondition(condition, dictionary, '2.5').text).toBe('PID-3 Patient Identifier List is empty');
  });

  it('is left alone where it is of the whole message', () => {
    const condition = { code: 207 as const, text: 'the sender is suspended' };
    expect(explainCondition(condition, dictionary, '2.5')).toBe(condition);
  });
});
