import { Metrics } from '@anamnesis/runtime';

const ackSecondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What the adapter counts. Labels are codes and states, never anything that was sent. */

export class AdapterMetrics {
  readonly messages;
  readonly blocks;
  readonly noiseBytes;
  readonly connections;
  readonly connectionsClosed;
  readonly tlsReloads;
  readonly heldBytes;
  readonly ackSeconds;
  readonly applicationAcks;
  readonly files;
  readonly publishFailures;
  readonly fragments;
  readonly duplicates;
  readonly controlIdReuse;
  readonly undecodableFields;
  readonly unmapped;
  readonly detached;
  readonly detachFailures;
  readonly defects;
  readonly refusalsUnrecorded;
  readonly contacts;
  readonly observationFailures;

  constructor(metrics: Metrics) {
    this.messages = metrics.counter('mllp_messages_total', 'Messages by answer', ['answer', 'condition']);
    this.blocks = metrics.counter('mllp_blocks_total', 'Blocks received', ['kind']);
    this.noiseBytes = metrics.counter('mllp_noise_bytes_total', 'Bytes outside blocks, skipped');
    this.connections = metrics.gauge('mllp_connections', 'Connections open');
    this.connectionsClosed = metrics.counter('mllp_connections_closed_total', 'Connections closed by us', ['reason']);
    this.tlsReloads = metrics.counter('mllp_tls_reloads_total', 'Renewed certificate files by outcome', ['result']);
    this.heldBytes = metrics.gauge('mllp_held_bytes', 'Bytes of blocks received and not answered');
    this.ackSeconds = metrics.histogram('mllp_ack_seconds', 'From complete block to answer', ackSecondsBuckets);
    this.applicationAcks = metrics.counter(
      'mllp_application_acks_total',
      'Application acknowledgements of our own exchanges by result',
      ['result'],
    );
    this.files = metrics.counter('folder_files_total', 'Files of the watched folder by result', ['result']);
    this.publishFailures = metrics.counter('mllp_publish_failures_total', 'Publishes that failed');
    this.fragments = metrics.counter('mllp_fragments_total', 'Fragments of messages (DSC) stored');
    this.duplicates = metrics.counter('mllp_duplicates_total', 'Resends answered without a second event');
    this.controlIdReuse = metrics.counter('mllp_control_id_reuse_total', 'Known control id, other bytes');
    this.undecodableFields = metrics.counter('mllp_undecodable_fields_total', 'Fields with undecodable bytes');
    this.unmapped = metrics.counter('mllp_unmapped_total', 'Events stored without a mapping', ['reason']);
    this.detached = metrics.counter('mllp_detached_total', 'Values of messages put into the content store');
    this.detachFailures = metrics.counter('mllp_detach_failures_total', 'Messages whose values it did not take');
    this.defects = metrics.counter('mllp_defects_total', 'Messages that met a defect of ours', ['stage']);
    this.refusalsUnrecorded = metrics.counter('mllp_refusals_unrecorded_total', 'Refusals answered and not recorded');
    this.contacts = metrics.counter('mllp_contacts_total', 'Unknown senders by what registration said', ['state']);
    this.observationFailures = metrics.counter('mllp_observation_failures_total', 'Observations not delivered');
  }
}
