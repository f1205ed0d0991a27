import { type MessageFragment, sourceRecordKey, Unavailable } from '@anamnesis/core';
import { beginsWithAddendum, type Message } from '@anamnesis/hl7v2';
import { within } from '@anamnesis/runtime';
import { authenticationOf, digestOf, firstEventId, messageTypeOf } from './compose-events.js';
import type { From, JudgeOptions } from './judge-options.js';
import { error, type Outcome, unavailable } from './outcome.js';

/** Where a message was cut in two: DSC-1 and MSH-14 are ST of 180. */
export type Cut = Pick<MessageFragment, 'continues' | 'pointer'>;

const pointerLengthMax = 180;
/** Of MSH-10, as `admitContent` has it. */
const controlIdLengthMax = 199;

/**
 * What makes a fragment of a message (v2.9 §2.10.2): a DSC-1; an MSH-14 with an ADD; or an MSH-14 in what is no message of
 * its own, from a source that is known to send DSC-1. Many senders write into MSH-14 what is no pointer. DSC-2 = I, and
 * DSC in queries and their answers, is the interactive continuation, of which nothing is put together.
 */
export function cutOf(message: Message, { isWhole, isFragmenting }: Seen): Cut | undefined {
  const { continues } = message.header;
  if (isQuery(message)) return undefined;
  const pointer = pointerIn(message);
  if (pointer !== '') return { continues, pointer };
  if (continues === '') return undefined;
  return beginsWithAddendum(message.bytes) || (isFragmenting && !isWhole) ? { continues, pointer } : undefined;
}

interface Seen {
  /** Has all that a message of its type needs, a patient included. */
  readonly isWhole: boolean;
  readonly isFragmenting: boolean;
}

/**
 * Puts a fragment on the bus, for registration to keep until the message is complete; answered positively only then.
 * Whole connections and instances may lie between two fragments of a message.
 */
export async function keepFragment(
  message: Message,
  { source, peer, cut }: From & { readonly cut: Cut },
  options: JudgeOptions,
): Promise<Outcome> {
  const { controlId } = message.header;
  const fault = faultOf(controlId, cut);
  if (fault !== undefined) return fault;
  const { deploymentKey, recent, bus, publishTimeoutMs: timeoutMs } = options;
  const receivedAt = new Date().toISOString();
  const id = firstEventId(deploymentKey, { message, source, rawDigest: digestOf(message.bytes) });
  const name = `fragment ${controlId}`;
  if (recent.judge(source, name, id) === 'duplicate') return { kind: 'done' };
  const { facility, application } = source;
  const header: MessageFragment = {
    id,
    facility,
    application,
    protocol: peer.protocol ?? 'hl7v2-mllp',
    authentication: authenticationOf({ source, peer }),
    ...(peer.charset !== undefined && { charset: peer.charset }),
    controlId,
    messageType: messageTypeOf(message.header),
    ...cut,
    receivedAt,
  };
  const record = {
    key: sourceRecordKey(deploymentKey, facility, application),
    header: { ...header },
    body: message.bytes,
  };
  try {
    await within(bus.publish('intake.fragment', [record]), { timeoutMs, dependency: 'bus' });
  } catch (problem) {
    if (!(problem instanceof Unavailable)) throw problem;
    options.metrics.publishFailures.inc();
    return unavailable('the fragment cannot be stored now', { isDependency: true, isBusAway: true });
  }
  recent.remember(source, name, id);
  if (cut.pointer !== '') options.fragmenting.add(source.id);
  options.metrics.fragments.inc();
  return { kind: 'done' };
}

function faultOf(controlId: string, { continues, pointer }: Cut): Outcome | undefined {
  if (controlId === '') return error(101, 'MSH-10 is empty', 'MSH^1^10');
  if (controlId.length > controlIdLengthMax) return error(102, 'MSH-10 is too long', 'MSH^1^10');
  if (continues.length > pointerLengthMax) return error(102, 'MSH-14 is too long', 'MSH^1^14');
  return pointer.length > pointerLengthMax ? error(102, 'DSC-1 is too long', 'DSC^1^1') : undefined;
}

function pointerIn(message: Message): string {
  const dsc = message.first('DSC');
  return dsc === undefined || dsc.field(2).text().trim().toUpperCase() === 'I' ? '' : dsc.field(1).text();
}

function isQuery(message: Message): boolean {
  return ['QPD', 'QRD', 'QAK', 'MSA'].some((name) => message.first(name) !== undefined);
}
