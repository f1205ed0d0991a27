/** What stands before the first ':' of an error. Clients read that and never the rest. */
export type RefusalCode = 'INVALID' | 'CONFLICT' | 'FORBIDDEN' | 'NOT_FOUND';

/** Ends the transaction: nothing is endorsed. `reason` is fixed text, because what a caller sent may be anything. */
export function refuse(code: RefusalCode, reason: string): never {
  throw new Error(`${code}: ${reason}`);
}
