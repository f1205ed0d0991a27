// `npm run bench -- report [--pipeline bench-pipeline.json] [--curve bench-curve.json] [--to docs]`: the plots of
// docs/performance.md from the results of `pipeline` and `curve`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { barChart, lineChart } from './plot.mjs';

const { values } = parseArgs({
  options: {
    pipeline: { type: 'string', default: 'bench-pipeline.json' },
    curve: { type: 'string', default: 'bench-curve.json' },
    to: { type: 'string', default: 'docs' },
  },
});

const kindNames = { adt: 'ADT^A08', oru: 'ORU^R01' };

if (existsSync(values.pipeline)) plotKinds(read(values.pipeline));
if (existsSync(values.curve)) plotCurves(read(values.curve));

/** EHR (ADT) against laboratory (ORU). */
function plotKinds({ products }) {
  const groups = products
    .filter(({ kinds }) => kinds !== undefined)
    .flatMap(({ name, kinds }) =>
      ['ackRate', 'visibleRate'].map((rate) => ({
        name: `${name}: ${rate === 'ackRate' ? 'acknowledged' : 'certified and visible'}`,
        bars: kinds.filter(({ mix }) => mix in kindNames).map((one) => [kindNames[one.mix], one[rate]]),
      })),
    );
  if (groups.length === 0) return;
  const title = 'EHR (ADT) against laboratory (ORU)';
  write('performance-kinds.svg', barChart({ title, yTitle: 'messages a second', groups }));
}

/** CPU seconds per 1,000 messages as one thing grows and the others stay. */
function plotCurves({ curves }) {
  for (const { name, title, xTitle, rows } of curves) {
    const series = Object.keys(rows[0].cpu)
      .filter((process) => rows.some(({ cpu }) => (cpu[process] ?? 0) >= 0.02))
      .map((process) => ({ name: process, points: rows.map(({ x, cpu }) => [x, cpu[process] ?? 0]) }));
    write(`performance-${name}.svg`, lineChart({ title, xTitle, yTitle: 'CPU seconds per 1,000 messages', series }));
  }
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function write(name, svg) {
  const file = join(values.to, name);
  writeFileSync(file, svg);
  console.log(`${file} written`);
}
