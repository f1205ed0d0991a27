import { type Detached, type Message, MessageError } from '@anamnesis/hl7v2';
import { lift, type LiftedRun } from './lift.js';
import { longRuns } from './long-runs.js';

/** A value of OBX-5 that does not travel with its message. */
export interface TakenValue extends LiftedRun {
  /** ED.4; absent where the value is no document. */
  readonly encoding?: string;
}

export interface TakeOptions {
  /** Smaller values stay. */
  readonly bytesMin: number;
  /** What may be left of the message. */
  readonly restBytesMax: number;
  readonly read: (bytes: Uint8Array, detached: readonly Detached[]) => Message | MessageError;
}

/** The message as far as it travels, and what was taken out of it. */
export interface Taken {
  readonly message: Message;
  readonly values: readonly TakenValue[];
}

/**
 * Reads a message without the documents in its OBX-5, however large they are. Where so much is left that it could not
 * travel, large texts in OBX-5 are taken too. `too-large` where that does not help.
 */
export async function takeDocuments(
  bytes: Uint8Array,
  options: TakeOptions,
): Promise<Taken | MessageError | 'too-large'> {
  const { bytesMin, restBytesMax, read } = options;
  const runs = bytes.length < bytesMin ? [] : await longRuns(bytes, bytesMin);
  const lifted = lift(bytes, runs);
  if (lifted.rest.length > restBytesMax) return 'too-large';
  const message = read(lifted.rest, lifted.runs);
  if (message instanceof MessageError || runs.length === 0)
    return message instanceof MessageError ? message : untouched(message);
  const values = valuesOf(message, lifted.runs);
  const documents = values.filter(({ encoding }) => encoding !== undefined);
  const stayBytes = bytes.length - sizeOf(documents);
  const chosen = stayBytes <= restBytesMax ? documents : values;
  if (bytes.length - sizeOf(chosen) > restBytesMax) return 'too-large';
  if (chosen.length === runs.length) return { message, values: chosen };
  return readAgain(bytes, chosen, read);
}

/** With what is no value of OBX-5, or not to be taken, back in its place. */
function readAgain(bytes: Uint8Array, chosen: readonly TakenValue[], read: TakeOptions['read']): Taken | MessageError {
  const lifted = lift(bytes, chosen);
  const message = read(lifted.rest, lifted.runs);
  if (message instanceof MessageError) return message;
  return { message, values: chosen.map((one, index) => ({ ...one, ...lifted.runs[index] })) };
}

function untouched(message: Message): Taken {
  return { message, values: [] };
}

/** The runs that are a value in OBX-5: ED.5, or where another type has it the only component. */
function valuesOf(message: Message, runs: readonly LiftedRun[]): readonly TakenValue[] {
  const encodings = new Map<number, string | undefined>();
  for (const obx of message.all('OBX')) {
    const isDocument = obx.field(2).text().trim().toUpperCase() === 'ED';
    for (const repetition of obx.field(5).hasDetached ? obx.field(5).repetitions : []) {
      const value = repetition.component(isDocument ? 5 : 1).detached;
      if (value !== undefined) encodings.set(value.at, isDocument ? repetition.text(4) : undefined);
    }
  }
  return runs
    .filter(({ at }) => encodings.has(at))
    .map((run) => {
      const encoding = encodings.get(run.at);
      return { ...run, ...(encoding !== undefined && { encoding }) };
    });
}

function sizeOf(values: readonly TakenValue[]): number {
  return values.reduce((sum, { start, end }) => sum + end - start, 0);
}
