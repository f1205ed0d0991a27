export * from './fold-statements.js';
export * from './lists.js';
export * from './ordered-statement.js';
export * from './recent-statements.js';
export * from './resource-state.js';
export * from './survive.js';
