import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { AccessRecorder } from './access-recorder.js';
import { AccessInterceptor } from './access.interceptor.js';
import { ProjectAccessController } from './project-access.controller.js';
import { TraceRequestMiddleware } from './trace-request.middleware.js';

/** Access audit: imported by the module whose controllers give patient data away. */
@Module({
  controllers: [ProjectAccessController],
  providers: [AccessRecorder, AccessInterceptor],
  exports: [AccessRecorder, AccessInterceptor],
})
export class AccessModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TraceRequestMiddleware).forRoutes('{*path}');
  }
}
