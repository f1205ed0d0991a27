// Every app as processes of its own on real services, two of each but the ledger writer, under one supervisor and behind
// one address: what a cluster is, on one machine. `npm run start:cluster`; Ctrl-C drains.
import { existsSync } from 'node:fs';
import { announce, withdraw } from './cluster/announce.mjs';
import { readClusterSettings } from './cluster/cluster-settings.mjs';
import { mainOf, planCluster } from './cluster/processes.mjs';
import { isFree } from './process/free-port.mjs';
import { until } from './process/until.mjs';

/** A busy machine is slow, not broken: what dies is started again, and what is waited for is said. */
const readyMsMax = 600_000;
const reminderMs = 30_000;
const announceMsMax = 120_000;
const answerMs = 2_000;
const drainMsMax = 20_000;
/** A signal to a whole process group arrives once from the terminal and once from npm. */
const sameSignalMs = 2_000;

const say = (name, line) => process.stdout.write(`[${name}] ${line}\n`);
const tell = (line) => say('start:cluster', line);

let plan;
let stoppingSince;
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('exit', () => all().forEach((one) => one.killNow()));

try {
  await start();
} catch (error) {
  if (stoppingSince === undefined) {
    tell(`cannot start: ${error.message}`);
    process.exit(1);
  }
}

async function start() {
  const settings = readClusterSettings();
  if (!existsSync(mainOf('query'))) throw new Error('the product is not built: npm run start:cluster builds it');
  await withdraw(settings.directory);
  plan = await planCluster(settings, { say });
  await Promise.all(all().map((one) => one.removeRemains()));
  const taken = [settings.httpPort, settings.mllpPort].filter((port) => port !== 0);
  for (const port of taken) if (!(await isFree(port))) throw new Error(`port ${port} is taken`);
  tell(`services: Kafka ${settings.services.KAFKA_BROKERS}, LEDGER=${settings.services.LEDGER}`);
  if (settings.enrolment === 'open')
    tell('ENROLMENT=open: unknown senders are enrolled on first contact (loopback only)');
  for (const one of all()) one.start();
  await Promise.all([...plan.apps, plan.ingress].map(ready));
  // Every step of it may be repeated, and an instance may go away just then.
  const announced = () => announce({ settings, plan });
  const { mllpAll, http } = await until('sample sources enrolled', announced, { deadlineMs: announceMsMax });
  tell(`ready: MLLP ${mllpAll.map(({ host, port }) => `${host}:${port}`).join(' and ')}, HTTP ${http.baseUrl}`);
  tell(`DATA_DIR=${settings.directory} npm run send -- samples/messages/first-message.hl7`);
}

function all() {
  return plan === undefined ? [] : [...plan.apps.map((one) => one.process), plan.ingress.process];
}

async function ready({ process: { name }, baseUrl }) {
  let reason;
  const reminder = setInterval(() => tell(`waiting for ${name}: ${reason}`), reminderMs);
  const look = async () => {
    if (stoppingSince !== undefined) return;
    reason = await reasonNotReady(baseUrl);
    if (reason !== undefined) throw new Error(reason);
  };
  try {
    await until(`${name} ready`, look, { deadlineMs: readyMsMax });
  } finally {
    clearInterval(reminder);
  }
}

async function reasonNotReady(baseUrl) {
  try {
    const response = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(answerMs) });
    const body = await response.text();
    return response.ok ? undefined : body.trim();
  } catch {
    return 'it does not answer yet';
  }
}

/** Everybody drains at once, the way in last. A second signal, or one that takes too long, ends it hard: exit 1. */
async function stop() {
  const now = performance.now();
  if (stoppingSince !== undefined) {
    if (now - stoppingSince > sameSignalMs) process.exit(1);
    return;
  }
  stoppingSince = now;
  tell('draining');
  setTimeout(() => {
    tell(
      `still running after ${drainMsMax / 1000} s: ${all()
        .filter((one) => one.isRunning)
        .map(({ name }) => name)}`,
    );
    process.exit(1);
  }, drainMsMax).unref();
  const statuses = plan === undefined ? [] : await Promise.all(plan.apps.map((one) => one.process.stop()));
  await plan?.ingress.process.stop();
  // SIGTERM ends a process by itself only as long as it has not begun to serve.
  const isClean = statuses.every((status) => [0, null, 'SIGTERM'].includes(status));
  tell(isClean ? 'stopped' : `stopped; exit statuses ${statuses.join(', ')}`);
  process.exit(isClean ? 0 : 1);
}
