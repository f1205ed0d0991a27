export const madeUp: string;
export function named(bytes: Buffer): { readonly isNamed: boolean; readonly bytes: Buffer };
export function withoutMadeUp(resource: object): object;
