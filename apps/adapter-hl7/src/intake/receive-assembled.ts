import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { type AssembledMessage, parseAssembledMessage, Rejected, Unavailable } from '@anamnesis/core';
import { explain } from './explain.js';
import { judgeAssembled } from './judge.js';
import type { Answered } from './outcome.js';
import { recordAll, type ReceiveOptions, settle } from './receive.js';

/** Takes records of `intake.assembled`; resolves when each has become events or is refused. Throws `Unavailable`. */
export type ReceiveAssembled = (records: readonly DeliveredRecord[]) => Promise<readonly Refusal[]>;

/**
 * The life of a message that came in fragments, once registration has put them together: judged, composed and published
 * as one that came whole. Its fragments were answered; what is refused now is on `intake.refused` and dead-lettered.
 */
export function receiveAssembledWith(options: ReceiveOptions): ReceiveAssembled {
  return async (records) => {
    const refusals: Refusal[] = [];
    for (const record of records) {
      const refusal = await receiveOne(record, options);
      if (refusal !== undefined) refusals.push(refusal);
    }
    return refusals;
  };
}

async function receiveOne(record: DeliveredRecord, options: ReceiveOptions): Promise<Refusal | undefined> {
  try {
    const [answered] = await takeOne(record, parseAssembledMessage(record.header), options);
    if (answered === undefined || answered.outcome.kind === 'done') return undefined;
    if (answered.outcome.kind === 'unavailable') throw new Unavailable('bus', 'the events cannot be stored now');
    await recordAll([answered], options);
    const { text: reason } = answered.outcome.condition;
    return { record, code: 'invalid-event', reason, owner: answered.source?.facility ?? 'operator' };
  } catch (problem) {
    if (!(problem instanceof Rejected)) throw problem;
    return { record, code: problem.code, reason: problem.message, owner: 'operator' };
  }
}

async function takeOne(
  { body }: DeliveredRecord,
  { facility, application, protocol, authentication, charset }: AssembledMessage,
  options: ReceiveOptions,
): Promise<readonly Answered[]> {
  const source = options.registry.source(facility, application);
  if (source === undefined) throw new Rejected('unknown-source', 'the sender of the fragments is not registered');
  const peer = {
    address: '',
    authentication,
    ...(protocol !== 'hl7v2-mllp' && { protocol }),
    ...(charset !== undefined && { charset }),
  };
  const judged = await judgeAssembled(body, { source, peer }, options);
  const { dictionary } = await options.rules;
  const answered = explain(await settle([judged], options), dictionary);
  return answered.map((one) => ({ ...one, isAssembled: true }));
}
