import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** For a thread whose only edge is the bus: every error passes unchanged, as `EdgeErrorsFilter` has it there. */
@Catch()
export class BusErrorsFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
