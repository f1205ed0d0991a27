export * from './access-note.js';
export * from './access-recorder.js';
export * from './access.interceptor.js';
export * from './access.module.js';
export * from './project-access.controller.js';
export * from './trace-request.middleware.js';
