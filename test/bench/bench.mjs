// `npm run bench -- [pipeline|curve|stages|parse|binlog|access|report] [options]`; without a command the latency of the embedded product. Benchmarks,
// not tests: nothing fails on a figure.
const commands = {
  latency: './latency.mjs',
  pipeline: './pipeline.mjs',
  curve: './curve.mjs',
  stages: './stages.mjs',
  parse: './parse.mjs',
  binlog: './binlog.mjs',
  access: './access.mjs',
  report: './report.mjs',
};

const [given] = process.argv.slice(2);
const isNamed = given !== undefined && !given.startsWith('-');
if (isNamed) process.argv.splice(2, 1);
const file = commands[isNamed ? given : 'latency'];
if (file === undefined) {
  console.error(`no such benchmark: ${given} (${Object.keys(commands).join(', ')})`);
  process.exit(2);
}
await import(file);
