export * from './content-fault.js';
export * from './content-store.js';
export * from './original-bytes.js';
