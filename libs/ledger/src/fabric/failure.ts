import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { Rejected, type RejectionCode, Unavailable } from '@anamnesis/core';
import type { FabricStep } from './fabric-options.js';

/** The chaincode's word before the colon is its contract with clients; what follows is for people. */
const refusalPattern = /chaincode response \d+, (INVALID|CONFLICT|FORBIDDEN|NOT_FOUND): /;

type Refusal = 'INVALID' | 'CONFLICT' | 'FORBIDDEN' | 'NOT_FOUND';

const rejections: Readonly<Record<Refusal, { readonly code: RejectionCode; readonly message: string }>> = {
  INVALID: { code: 'invalid-evidence', message: 'the chaincode calls the entry malformed' },
  CONFLICT: { code: 'anchor-conflict', message: 'this batch is anchored with another content' },
  FORBIDDEN: { code: 'forbidden', message: 'the chaincode does not let this identity anchor' },
  NOT_FOUND: { code: 'not-found', message: 'the chaincode has no such batch' },
};

const denied: (typeof rejections)[Refusal] = {
  code: 'forbidden',
  message: 'the peer denies access: no member of the channel, or an unknown certificate',
};

/** gRPC's texts are long and its details longer; a log line holds this much. */
const textMax = 240;

/**
 * The final answer in an error of the gateway, if it is one: the chaincode refused, or the peer does not let this identity
 * in. Every other error leaves open what happened, or may pass.
 */
export function refusalIn(error: GatewayError): Rejected | undefined {
  for (const text of [...error.details.map(({ message }) => message), error.message]) {
    const word = refusalPattern.exec(text)?.[1] as Refusal | undefined;
    const refusal = word === undefined ? undefined : rejections[word];
    const found = refusal ?? (/access denied/i.test(text) ? denied : undefined);
    if (found !== undefined) return new Rejected(found.code, `Fabric: ${found.message}`, { cause: error });
  }
  return undefined;
}

/** In one line, without what the caller sent. */
export function textOf(error: Error): string {
  const text = error instanceof GatewayError ? (error.details[0]?.message ?? error.message) : error.message;
  const code = error instanceof GatewayError ? `${error.code} ` : '';
  return code + text.replaceAll(/[^ -~]/g, ' ').slice(0, textMax);
}

export function unavailable(step: FabricStep, what: string, cause?: unknown): Unavailable {
  return new Unavailable('ledger', `Fabric: ${step}: ${what}`, { cause });
}

export function nameOfCode(code: number): string {
  return Object.entries(StatusCode).find(([, value]) => value === code)?.[0] ?? String(code);
}
