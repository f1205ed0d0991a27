// `npm run bench -- curve [--only batch,partitions,senders,organisations] [--seconds 20] [--rate 200]
// [--ledger log|fabric]`: what a message costs on the cluster as one thing grows and the others stay. The rate is given,
// not pushed, so that the rows of a curve do the same work.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { partitionOf } from '../../dist/apps/standalone/libs/bus/src/index.js';
import { recordKey } from '../../dist/apps/standalone/libs/core/src/index.js';
import { paced, warmUp } from './measure.mjs';
import { mixes, patientNumber } from './messages.mjs';
import { ledgerOf, startCluster } from './products.mjs';
import { printPaced } from './tables.mjs';
import { load, machine } from './usage.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'batch,partitions,senders,organisations' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    ledger: { type: 'string' },
    out: { type: 'string', default: 'bench-curve.json' },
  },
});
const given = { seconds: Number(values.seconds), rate: Number(values.rate) };
const facilityNames = ['MPK', 'HYD', 'KHI'];
const organisationNames = ['HospitalA', 'HospitalB', 'HospitalC'];
const ledger = ledgerOf(values.ledger);
const results = { machine: machine(), loadBefore: load(), ...given, ledger, curves: [] };

const curves = {
  /** Age at which a batch is sealed: at a rate, its leaves. */
  batch: async () => {
    const rows = [];
    for (const batchMs of [250, 1000, 4000]) {
      const product = await startCluster({ ledger, environment: { LEDGER_BATCH_MS: String(batchMs) } });
      rows.push(await row(product, batchMs));
      await product.stop();
    }
    return { title: 'Batches sealed more seldom', xTitle: 'LEDGER_BATCH_MS', rows };
  },
  /** Patients are chosen so that their records lie in so many of the four partitions. */
  partitions: async () => {
    const product = await startCluster({ ledger });
    const rows = [];
    for (const partitions of [1, 2, 4])
      rows.push(await row(product, partitions, { patients: patientsIn(product, partitions) }));
    await product.stop();
    return { title: 'Patients in more partitions', xTitle: 'partitions of clinical.received in use', rows };
  },
  senders: async () => {
    const product = await startCluster({ ledger });
    const rows = [];
    for (const connections of [1, 4, 16, 64]) rows.push(await row(product, connections, { connections }));
    await product.stop();
    return { title: 'More senders', xTitle: 'MLLP connections', rows };
  },
  /** Each organisation seals and anchors batches of its own. */
  organisations: async () => {
    const rows = [];
    for (const count of [1, 2, 3]) {
      const facilities = Object.fromEntries(
        organisationNames.slice(0, count).map((name, index) => [name, [facilityNames[index]]]),
      );
      const product = await startCluster({ ledger, facilities });
      rows.push(await row(product, count, { facilities: facilityNames.slice(0, count) }));
      await product.stop();
    }
    return { title: 'More organisations', xTitle: 'organisations that anchor', rows };
  },
};

for (const name of values.only.split(',')) {
  if (name === 'organisations' && ledger !== 'fabric') {
    console.log('organisations: SKIPPED, the log ledger knows none');
    continue;
  }
  console.log(`\n${name}`);
  results.curves.push({ name, ...(await curves[name]()) });
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
}
console.log(`\n${values.out} written`);
process.exit(0);

async function row(product, x, { connections = 16, ...of } = {}) {
  await warmUp(product, { count: 500 });
  const make = (controlId, n) => {
    const text = mixes.small(controlId, n, of.patients);
    return of.facilities === undefined ? text : text.replaceAll('MPK', of.facilities[n % of.facilities.length]);
  };
  return { x, ...printPaced(await paced(product, { ...given, connections, make })) };
}

/** A function from n to a patient number whose record lies in one of the first partitions. */
function patientsIn({ deploymentKey }, partitions) {
  const numbers = Array.from({ length: 4000 }, (_, n) => patientNumber(n, 4000)).filter((number) => {
    const key = recordKey(deploymentKey, { system: 'urn:anamnesis:authority:MPK', value: number });
    return partitionOf('clinical.received', key) < partitions;
  });
  return (n) => numbers[n % Math.min(numbers.length, 1000)];
}
