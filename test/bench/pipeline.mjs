// `npm run bench -- pipeline [--seconds 30] [--rate 500] [--only embedded,cluster] [--ledger log|fabric] [--steps …]
// [--out results.json]
// [--set NAME=value]…`: the same load generator against the embedded product and the cluster in one run, with what each
// process costs. The cluster runs on Kafka, MariaDB and Redis, and on Fabric where its commands are.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catchUp, intakeAlone, manyConnections, paced, sustained, warmUp } from './measure.mjs';
import { ledgerOf, startCluster, startEmbedded } from './products.mjs';
import { printCatchUp, printIntake, printPaced, printSustained } from './tables.mjs';
import { load, machine } from './usage.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '500' },
    only: { type: 'string', default: 'embedded,cluster' },
    ledger: { type: 'string' },
    steps: { type: 'string', default: 'paced,sustained,kinds,catch-up,connections,intake' },
    waiting: { type: 'string', default: '20000' },
    idle: { type: 'string', default: '5000' },
    active: { type: 'string', default: '500' },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: 'bench-pipeline.json' },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const steps = values.steps.split(',');
const idle = Number(values.idle);
const active = Number(values.active);
const results = { machine: machine(), loadBefore: load(), command: process.argv.slice(2).join(' '), products: [] };
const log = (line) => console.log(`  ${line}`);

console.log(`${results.machine.processors}, ${results.machine.memoryGiB} GiB, Node ${results.machine.node}`);
console.log(`load average before: ${results.loadBefore}\n`);

const measures = {
  paced: async (product) => printPaced(await paced(product, { rate, seconds })),
  sustained: async (product) => {
    const rows = [];
    for (const connections of [16, 64]) rows.push(await sustained(product, { seconds, connections }));
    return printSustained(rows);
  },
  kinds: async (product) => {
    const rows = [];
    for (const mix of ['adt', 'oru', 'typical'])
      rows.push({ mix, ...(await sustained(product, { seconds: seconds / 2, mix })) });
    return printSustained(rows);
  },
  'catch-up': async (product) => printCatchUp(await catchUp(product, { count: Number(values.waiting) })),
  connections: async (product) => printPaced(await manyConnections(product, { idle, active, seconds: seconds / 2 })),
  intake: async (product) => printIntake(await intakeAlone(product, { seconds, connections: [1, 8, 64] })),
};

const connectionsMax = String(idle + active + 100);
const given = Object.fromEntries(values.set.map((one) => one.split(/=(.*)/s).slice(0, 2)));
const environment = { MLLP_CONNECTIONS_MAX: connectionsMax, ...given };
if (values.only.includes('embedded')) await measureAll(await startEmbedded({ environment }), ['catch-up', 'intake']);
if (values.only.includes('cluster'))
  await measureAll(await startCluster({ ledger: ledgerOf(values.ledger), environment, log }), []);
writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${values.out} written`);
process.exit(0);

/** Apps of a single process cannot be stopped one by one: the steps that do so are left out there. */
async function measureAll(product, leftOut) {
  const measured = { name: product.name };
  results.products.push(measured);
  await warmUp(product);
  for (const step of steps.filter((one) => !leftOut.includes(one))) {
    console.log(`\n${product.name}: ${step}`);
    measured[step] = await measures[step](product);
    writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  }
  await product.stop();
}
