/** Whose mapping it is: the same tables, in databases of different kinds. */
interface Origin {
  readonly facility: string;
  readonly authority: string;
}

const decimal = 'org.apache.kafka.connect.data.Decimal';

/** What records without schemas do not tell. */
const columnTypes = {
  patients: { born: 'io.debezium.time.Date' },
  results: {
    amount: { name: decimal, scale: 10 },
    taken: 'io.debezium.time.MicroTimestamp',
    stamped: 'io.debezium.time.ZonedTimestamp',
    clock: 'io.debezium.time.Time',
  },
};

/**
 * How the topics of both are found: those of the one by name, schema changes and heartbeats among them; those of the other
 * by prefix, which the topic of transactions has, too.
 */
export function connectionsOf({ north, south }: Record<'north' | 'south', string>, brokers: readonly string[]) {
  const tables = ['patients', 'results', 'beds'].map((table) => `${north}.hospital.${table}`);
  return {
    north: { brokers, topics: [...tables, north, `__debezium-heartbeat.${north}`] },
    south: { brokers, topicPrefix: south, columnTypes },
  };
}

/** A mapping file; JSON is YAML. It names `city`, which comes into the tables later. */
export function mappingOf({ facility, authority }: Origin, connection: object): string {
  const source = { facility, application: 'PAS', zone: 'Asia/Karachi', kind: 'debezium' };
  return JSON.stringify({
    ...{ name: `${facility.toLowerCase()}-topics`, version: 1 },
    source: { ...source, connection },
    patients: { table: 'patients', authority },
    tables: {
      patients: {
        ...{ key: 'id', resource: 'Patient', onDelete: { active: false } },
        elements: { 'name[0].family': 'family', birthDate: 'born', 'address[0].city': 'city' },
      },
      results: {
        ...{ key: 'id', patient: 'patient_id', resource: 'Observation' },
        elements: {
          status: { const: 'final' },
          'code.text': { const: 'Weight' },
          'valueQuantity.value': 'amount',
          effectiveDateTime: 'taken',
          issued: 'stamped',
          'component[0].code.text': { const: 'Clock' },
          'component[0].valueTime': 'clock',
          'note[0].text': 'remarks',
        },
      },
      beds: { key: 'id', resource: 'Location', elements: { name: 'label' } },
    },
  });
}
