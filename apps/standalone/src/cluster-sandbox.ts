/** What deploy/stack needs to announce a cluster as standalone announces itself. */
export { Keys, RegistrationClient } from '@anamnesis/runtime';
export { getText } from './registration-api.js';
export { enrolSampleSources } from './sample-sources.js';
export { announceSandbox, withdrawSandbox, writeWhole } from './sandbox-file.js';
