import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Role } from './access-table.js';

/** Who is asking, as the guard established it. */
export interface AccessContext {
  readonly role: Role;
  /** First 16 hexadecimal digits of the token's SHA-256: names the token without showing it. */
  readonly token: string;
}

/** The request with what the guard adds to it. */
export interface GuardedRequest {
  access?: AccessContext;
  readonly method: string;
  readonly route?: { readonly path?: string };
  readonly path: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** `@Access() access: AccessContext` in a controller behind the guard. */
export const Access = createParamDecorator((_: unknown, context: ExecutionContext): AccessContext => {
  const { access } = context.switchToHttp().getRequest<GuardedRequest>();
  if (access === undefined) throw new Error('a route without the access guard asks who is asking');
  return access;
});
