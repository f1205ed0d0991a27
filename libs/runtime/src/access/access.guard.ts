import { createHash } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Tokens } from '../settings/tokens.js';
import type { AccessContext, GuardedRequest } from './access-context.js';
import { ruleOf } from './access-table.js';

const bearer = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i;

/** The one place where a request is let in: by bearer token, role and `access-table.ts`. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true; // the bus has no callers
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const rule = ruleOf(request.method, request.route?.path ?? request.path);
    if (rule === 'anyone') return true;
    request.access = this.#identify(request);
    const { role } = request.access;
    if (rule?.includes(role) !== true) throw new ForbiddenException(`not for role ${role}`);
    return true;
  }

  #identify({ headers }: GuardedRequest): AccessContext {
    const token = bearer.exec(String(headers['authorization']))?.[1];
    if (token === undefined) throw new UnauthorizedException('a bearer token is needed');
    const role = this.tokens.roleOf(token);
    if (role === undefined) throw new UnauthorizedException('the bearer token is not known');
    return { role, token: createHash('sha256').update(token).digest('hex').slice(0, 16) };
  }
}
