import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, type Page, until } from './api-client.js';
import { runCorpus } from './corpus-run.js';
import { readSandbox } from './sandbox.js';

const usage = `usage: npm run corpus -- <folder>

Sends every HL7 v2 message below the folder to the product running on DATA_DIR (./data) through its MLLP listener, each when
the one before is answered, and prints by source (the first folder below) what came of them: answers, mapped or kept without a
mapping, undecodable, milliseconds; then the classes of refusals, and the product's memory.
exit status: 0 each message was answered as MSH-15 and MSH-16 prescribe (none where none is due), with its own control id
             and, when refused, a reason; no connection was lost; everything answered positively is in /messages
             1 some rule was broken, each case is named, or it was stopped; 2 nothing could be sent`;

/** Ctrl-C: what was sent until then is still told. */
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopping.abort();
  });

const settleMs = 60_000;
const pollMs = 500;

try {
  const [folder, ...more] = process.argv.slice(2);
  if (folder === undefined || more.length > 0) throw new Error(usage);
  process.exitCode = (await run(folder)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

async function run(folder: string): Promise<boolean> {
  const sandbox = readSandbox();
  const api = new ApiClient(sandbox);
  const memory = watchMemory(api);
  const startedAtMs = performance.now();
  const { table, faults, taken } = await runCorpus(folder, sandbox.mllp, stopping.signal);
  if (stopping.signal.aborted) console.log('stopped before the end: what follows is of a part');
  const seconds = (performance.now() - startedAtMs) / 1000;
  const missing = await missingOf(api, taken);
  for (const line of table.lines()) console.log(line);
  const { mostMiB } = await memory.stop();
  console.log(
    `\n${table.sum.sent} messages in ${seconds.toFixed(1)} s; at most ${mostMiB} MiB resident in the product`,
  );
  for (const fault of faults) console.log(`WRONG ${fault}`);
  for (const controlId of missing) console.log(`WRONG answered positively and not in /messages: ${controlId}`);
  console.log(faults.length + missing.length === 0 ? 'every rule holds' : 'rules were broken');
  return !stopping.signal.aborted && table.sum.sent > 0 && faults.length + missing.length === 0;
}

/** Control ids answered positively that the history does not come to have. */
async function missingOf(api: ApiClient, taken: ReadonlySet<string>): Promise<readonly string[]> {
  let missing: readonly string[] = [];
  const look = async (): Promise<void> => {
    const known = await knownControlIds(api);
    missing = [...taken].filter((one) => !known.has(one));
    if (missing.length > 0) throw new Error('not all yet');
  };
  await until(look, settleMs).catch(() => undefined);
  return missing;
}

async function knownControlIds(api: ApiClient): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (let path: string | undefined = '/messages?_count=500'; path !== undefined;) {
    const page: Page<Row[]> = await api.page(path);
    for (const { eventId, controlId } of page.body) if (eventId !== null) known.add(controlId);
    path = page.next;
  }
  return known;
}

interface Row {
  readonly eventId: string | null;
  readonly controlId: string;
}

/** The process's resident memory, as its own metrics say it. */
function watchMemory(api: ApiClient): { stop(): Promise<{ mostMiB: number }> } {
  const stopping = new AbortController();
  let mostBytes = 0;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const metrics = await api.text('/metrics').catch(() => '');
      const [, bytes = '0'] = /^process_resident_memory_bytes (\S+)/m.exec(metrics) ?? [];
      mostBytes = Math.max(mostBytes, Number(bytes));
      await sleep(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return { mostMiB: Math.round(mostBytes / 1024 / 1024) };
    },
  };
}
