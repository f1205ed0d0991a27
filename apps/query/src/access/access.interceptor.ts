import type { ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { mergeMap, type Observable } from 'rxjs';
import type { TracedRequest } from './access-note.js';
import { accessRecordOf } from './access-record-of.js';
import { AccessRecorder } from './access-recorder.js';

/**
 * On every route that gives patient data away: the answer waits until its access event is durable. With the bus away
 * the caller gets 503 and no data. Handlers say whose data they give with `noteAccess`.
 */
@Injectable()
export class AccessInterceptor implements NestInterceptor {
  constructor(private readonly recorder: AccessRecorder) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<TracedRequest>();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const status = http.getResponse<ServerResponse>().statusCode;
        const note = request.accessNote;
        await this.recorder.record(accessRecordOf(request, { outcome: 'permitted', status, note }));
        return answer;
      }),
    );
  }
}
