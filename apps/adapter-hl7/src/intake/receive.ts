import { Unavailable } from '@anamnesis/core';
import type { AckCode } from '@anamnesis/hl7v2';
import { type Observations, type Published, publishReceived } from '@anamnesis/runtime';
import { acknowledge, answerCode, closesInstead, conditionOf } from './acknowledge.js';
import { type Block, heldBytesOf, type Peer, type Receive, type Reception } from '../mllp/block.js';
import type { AdapterHl7Settings } from '../config.js';
import { explain } from './explain.js';
import { closeEnvelope, type Envelope, openEnvelope, type Received } from './envelope.js';
import type { JudgeOptions } from './judge-options.js';
import type { Publishable } from './accept.js';
import { bytesOf, identified, judge, type Judged, tooLarge } from './judge.js';
import { type Answered, type Outcome, unavailable } from './outcome.js';
import type { RefusalLog } from './refusal-log.js';
import type { MessageSigning } from './message-signing.js';
import { recordRefusals } from './record-refusals.js';

export interface ReceiveOptions extends JudgeOptions {
  readonly settings: AdapterHl7Settings;
  readonly observations: Observations;
  readonly refusalLog: RefusalLog;
  readonly signing: MessageSigning;
}

/** Messages of a batch in one publish: the events of all of a large one would take several times its size. */
const stepMessages = 64;
const publishBytesMax = 24 * 1024 * 1024;

/**
 * The life of a block: read it, find its sender, judge it, compose its events, sign and publish them, and only then answer
 * (hl7v2.md A1). The blocks are of one connection; their order, and that of the messages of a batch, is kept into the
 * bus (D5).
 */
export function receiveWith(options: ReceiveOptions): Receive {
  return async (blocks, peer) => {
    const envelopes = blocks.map(openEnvelope);
    const received = await receiveAll(
      envelopes.flatMap((one) => one.blocks),
      { peer, options },
    );
    const rest = received.values();
    return envelopes.map((envelope) => {
      const own = envelope.blocks.map(() => rest.next().value).filter((one) => one !== undefined);
      return closeSafely(envelope, own, options);
    });
  };
}

interface Reading {
  readonly peer: Peer;
  readonly options: ReceiveOptions;
}

async function receiveAll(blocks: readonly Block[], reading: Reading): Promise<readonly Received[]> {
  const received: Received[] = [];
  for (let at = 0; at < blocks.length; at += stepMessages) {
    // Nothing overtakes what the sender is to send again (D5).
    const isBehind = received.some(({ answered }) => isDependencyAway(answered.outcome));
    received.push(...(await receiveStep(blocks.slice(at, at + stepMessages), { ...reading, isBehind })));
  }
  return received;
}

async function receiveStep(
  blocks: readonly Block[],
  { peer, options, isBehind }: Reading & { readonly isBehind: boolean },
): Promise<readonly Received[]> {
  const startedAtMs = performance.now();
  const judged: Judged[] = [];
  for (const block of blocks) {
    const isPostponed = isBehind || judged.some(({ result }) => isDependencyAway(result));
    judged.push(isPostponed ? postponed(block, options) : await judgeSafely(block, peer, options));
  }
  const { dictionary } = await options.rules;
  const answered = explain(await settle(judged, options), dictionary);
  await recordAll(answered, options);
  const ackMs = performance.now() - startedAtMs;
  return answered.map((one) => ({ answered: one, reception: receptionSafely(one, ackMs, options) }));
}

function isDependencyAway(result: Outcome | Publishable): boolean {
  return result.kind === 'unavailable' && result.isDependency;
}

function closeSafely(
  envelope: Envelope,
  received: readonly Received[],
  { defects, registry }: ReceiveOptions,
): Reception {
  try {
    return closeEnvelope(envelope, received, registry);
  } catch (defect) {
    defects.note('answer', defect);
    return { closes: true };
  }
}

/** An answer that cannot be built is none: better than one in the place of another. */
function receptionSafely(answered: Answered, ackMs: number, options: ReceiveOptions): Reception {
  try {
    return receptionOf(answered, ackMs, options);
  } catch (defect) {
    options.defects.note('answer', defect);
    return { closes: true };
  }
}

/** The outermost edge of one message: what is neither a refusal nor a dependency that is away is a defect of ours. */
async function judgeSafely(block: Block, peer: Peer, options: ReceiveOptions): Promise<Judged> {
  try {
    const judged = await judge(block, peer, options);
    options.defects.succeeded();
    return judged;
  } catch (problem) {
    if (problem instanceof Unavailable) return postponed(block, options, problem.dependency);
    options.defects.note('judge', problem);
    options.defects.failed();
    const result = unavailable('internal error', { isDependency: false, isBusAway: false });
    return { ...identifiedSafely(block, options), sizeBytes: heldBytesOf(block), result };
  }
}

function postponed(block: Block, options: ReceiveOptions, dependency = 'registration'): Judged {
  const text = dependency === 'clock' ? 'the clock of the receiver is wrong' : 'registration does not answer';
  const result = unavailable(text, { isDependency: true, isBusAway: false });
  return { ...identifiedSafely(block, options), sizeBytes: heldBytesOf(block), result };
}

function identifiedSafely(block: Block, { registry, defects }: ReceiveOptions): Pick<Judged, 'header' | 'source'> {
  try {
    return identified(bytesOf(block), registry);
  } catch (defect) {
    defects.note('identify', defect);
    return {};
  }
}

/** Signs and publishes what is to be published and turns everything into outcomes. */
export async function settle(judged: readonly Judged[], options: ReceiveOptions): Promise<readonly Answered[]> {
  const waiting = judged.flatMap(({ result }) => (result.kind === 'publishable' ? [result] : []));
  const published = (await publishSafely(waiting, options)).values();
  return judged.map(({ result, ...one }) => {
    if (result.kind !== 'publishable') return { ...one, outcome: result };
    return { ...one, outcome: outcomeOf(published.next().value ?? 'unavailable', result, options) };
  });
}

async function publishSafely(waiting: readonly Publishable[], options: ReceiveOptions): Promise<readonly Published[]> {
  try {
    return await publishReceived(await Promise.all(waiting.map((one) => options.signing.sign(one))), {
      bus: options.bus,
      timeoutMs: options.publishTimeoutMs,
      bytesMax: publishBytesMax,
    });
  } catch (defect) {
    options.defects.note('publish', defect);
    options.defects.failed();
    return waiting.map(() => 'unavailable');
  }
}

function outcomeOf(
  published: Published,
  { id, header, source, events }: Publishable,
  options: ReceiveOptions,
): Outcome {
  const { metrics, recent } = options;
  switch (published) {
    case 'unavailable':
      metrics.publishFailures.inc();
      return unavailable('the message cannot be stored now', { isDependency: true, isBusAway: true });
    case 'too-large':
      return tooLarge(header);
    case 'without-resources':
      metrics.unmapped.inc({ reason: 'too-large' }, events.length);
      break;
    case 'done':
      break;
  }
  recent.remember(source, header.controlId, id);
  return { kind: 'done' };
}

/** Notes what was refused, in the log and on the bus. */
export async function recordAll(answered: readonly Answered[], options: ReceiveOptions): Promise<void> {
  const refused = answered.filter(({ outcome }) => outcome.kind !== 'done');
  if (refused.length === 0) return;
  for (const one of refused) options.refusalLog.note(one);
  await recordRefusals(refused, {
    bus: options.bus,
    deploymentKey: options.deploymentKey,
    timeoutMs: options.settings.REFUSAL_RECORD_TIMEOUT_MS,
    onUnrecorded: (count) => {
      options.metrics.refusalsUnrecorded.inc(count);
    },
  });
}

function receptionOf(answered: Answered, ackMs: number, { metrics, observations }: ReceiveOptions): Reception {
  const { source, outcome } = answered;
  const code = answerCode(answered);
  metrics.messages.inc({ answer: code ?? 'none', condition: String(conditionOf(outcome)) });
  if (source !== undefined) observations.note(source.id, code ?? 'none', ackMs);
  const wanted = source?.batchAcknowledgement;
  const said = { ...answerOf(answered, code), ...(wanted !== undefined && { wanted }) };
  return outcome.kind === 'done' ? said : { ...said, refusal: outcome };
}

function answerOf(answered: Answered, code: AckCode | undefined): Reception {
  if (closesInstead(answered)) return { closes: true };
  if (code === undefined) return {};
  const charset = answered.header?.wire?.charset.name;
  return { answer: acknowledge(answered, code), ...(charset !== undefined && { charset }) };
}
