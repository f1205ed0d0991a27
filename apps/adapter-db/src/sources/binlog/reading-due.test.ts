import { describe, expect, it } from '@jest/globals';
import { ReadingDue } from './reading-due.js';

const minuteMs = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs).toISOString();

class Note {
  asked = 0;
  constructor(readonly comparedAt: string | undefined) {}
  comparisonAsked(): void {
    this.asked++;
  }
}
const due = (comparedAt: string | undefined, reconcileMinutes: number) =>
  new ReadingDue({ reconcileMs: reconcileMinutes * minuteMs, rereadMs: minuteMs }, new Note(comparedAt));

describe('when all rows are compared again', () => {
  it('is an interval after the last time, though the process was started in between', () => {
    expect(due(ago(59), 60).isDue).toBe(false);
    expect(due(ago(61), 60).isDue).toBe(true);
    expect(due(ago(-10), 60).isDue).toBe(false);
  });

  it('is at once where it was asked for and the process ended before it was done, or where nobody knows', () => {
    expect(due(undefined, 60).isDue).toBe(true);
    expect(due(undefined, 0).isDue).toBe(true);
  });

  it('is never by itself where no interval is set', () => {
    expect(due(ago(1_000_000), 0).isDue).toBe(false);
  });

  it('is when something asks for it, which is noted, but not soon after the last', () => {
    const note = new Note(ago(1));
    const asked = new ReadingDue({ reconcileMs: 0, rereadMs: minuteMs }, note);
    asked.ask();
    expect([asked.isDue, note.asked]).toEqual([true, 1]);
    asked.done();
    asked.ask();
    expect([asked.isDue, note.asked]).toEqual([false, 2]);
  });

  it('is not while a table that was emptied is being filled again, but not for ever', () => {
    const settled = new ReadingDue({ reconcileMs: 0, rereadMs: minuteMs }, new Note(undefined));
    settled.settle();
    expect([settled.isDue, settled.isSettling]).toEqual([false, true]);
    const impatient = new ReadingDue({ reconcileMs: 0, rereadMs: 0 }, new Note(undefined));
    impatient.settle();
    expect([impatient.isDue, impatient.isSettling]).toEqual([true, false]);
  });
});
