// What is started of the product: compiled modules by the name of the file in `dist/product` that each becomes. Threads are
// started by `new URL('./<name>.js', import.meta.url)`, which holds beside their source and there: every name is the file's.
import { basename } from 'node:path';

const apps = ['standalone', 'adapter-hl7', 'adapter-db', 'registration', 'ledger-writer', 'query'];

/** Of the standalone, which runs an app in each. */
const appThreads = ['apps/standalone/src/adapter-worker', 'apps/standalone/src/database-worker'];

export const threads = [
  'apps/adapter-db/src/signing/sign-worker',
  'apps/adapter-db/src/sources/access/access-worker',
  'libs/bus/src/embedded/bus-log-worker',
  'libs/ledger/src/log/ledger-log-worker',
];

const commands = [
  ...['send', 'corpus', 'verify', 'fabric-trust', 'demo', 'held', 'rows', 'provision-kafka'].map(
    (name) => `apps/command-line/src/${name}`,
  ),
  'apps/query/src/rebuild',
  'apps/adapter-db/src/mapping',
];

/** What deploy/stack takes from the product instead of starting it. */
const libraries = ['apps/standalone/src/cluster-sandbox'];

export const entries = Object.fromEntries([
  ...apps.map((app) => [app, `apps/${app}/src/main`]),
  ...[...appThreads, ...threads, ...commands, ...libraries].map((path) => [basename(path), path]),
]);
