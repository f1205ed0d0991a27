// What a benchmark says on the terminal while it runs; each gives back what it was given.
export function printPaced(row) {
  const { title, rate, ackMs, visibleMs, provableMs, samples, notAccepted, load } = row;
  console.table({
    [title]: {
      'msg/s': rate,
      ...milliseconds('ACK', ackMs),
      'visible p50 ms': visibleMs.p50,
      'visible p99 ms': visibleMs.p99,
      'provable p99 ms': provableMs.p99,
      followed: samples,
      'not AA': notAccepted,
      load,
    },
  });
  printCosts([row]);
  return row;
}

export function printSustained(rows) {
  const lines = rows.map(({ title, ackRate, visibleRate, ackMs, notAccepted, load }) => ({
    run: title,
    'AA msg/s': ackRate,
    'visible msg/s': visibleRate,
    ...milliseconds('ACK', ackMs),
    'not AA': notAccepted,
    load,
  }));
  console.table(lines);
  printCosts(rows);
  return rows;
}

export function printCatchUp(row) {
  const { title, rate, rateSinceReady, startSeconds, load } = row;
  console.table({
    [title]: { 'msg/s': rate, 'msg/s once started': rateSinceReady, 'start s': startSeconds, load },
  });
  printCosts([row]);
  return row;
}

export function printIntake(rows) {
  const lines = rows.map(({ connections, rate, ackMs, cpu, notAccepted, load }) => ({
    connections,
    'msg/s': rate,
    ...milliseconds('ACK', ackMs),
    'CPU s/1000 adapter': cpu['adapter-hl7'],
    'CPU s/1000 Kafka': cpu.kafka,
    'CPU s/1000 load': cpu['load generator'],
    'not AA': notAccepted,
    load,
  }));
  console.table(lines);
  return rows;
}

function milliseconds(name, { p50, p95, p99 }) {
  return { [`${name} p50 ms`]: p50, p95, p99 };
}

/** CPU seconds per 1,000 messages of each process, and of all. */
function printCosts(rows) {
  for (const { title, cpu } of rows) {
    const sum = Object.values(cpu).reduce((total, cost) => total + cost, 0);
    const parts = Object.entries(cpu).map(([name, cost]) => `${name} ${cost.toFixed(3)}`);
    console.log(`  CPU s/1000, ${title}: ${parts.join(', ')}; all ${sum.toFixed(3)}`);
  }
}
