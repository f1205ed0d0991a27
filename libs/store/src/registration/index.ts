import { CreateAccountVisits1795764000000 } from './create-account-visits.migration.js';
import { CreateApplicationAcks1795700100000 } from './create-application-acks.migration.js';
import { CreateCodeTables1795654800000 } from './create-code-tables.migration.js';
import { CreateCorrections1795680000000 } from './create-corrections.migration.js';
import { CreateContactCertificates1795600000000 } from './create-contact-certificates.migration.js';
import { CreateDecisions1700000000002 } from './create-decisions.migration.js';
import { CreateFindings1795651200000 } from './create-findings.migration.js';
import { CreateFragments1795700000000 } from './create-fragments.migration.js';
import { CreateMergedNumbers1795741200000 } from './create-merged-numbers.migration.js';
import { CreatePhases1795672800000 } from './create-phases.migration.js';
import { CreatePersons1700000000003 } from './create-persons.migration.js';
import { CreateRegistry1700000000001 } from './create-registry.migration.js';
import { AccountVisitRow } from './account-visit.entity.js';
import { AcknowledgementListener } from './acknowledgement-listener.entity.js';
import { ApplicationAck } from './application-ack.entity.js';
import { AuthorityPermission } from './authority-permission.entity.js';
import { Authority } from './authority.entity.js';
import { Certificate } from './certificate.entity.js';
import { CodeTableVersion } from './code-table-version.entity.js';
import { CorrectionsSwitch } from './corrections-switch.entity.js';
import { CorrectionsVersion } from './corrections-version.entity.js';
import { Decision } from './decision.entity.js';
import { EnrolmentToken } from './enrolment-token.entity.js';
import { Facility } from './facility.entity.js';
import { Fragment } from './fragment.entity.js';
import { MergedNumber } from './merged-number.entity.js';
import { NotSame } from './not-same.entity.js';
import { PatientRecord } from './patient-record.entity.js';
import { PendingCandidate } from './pending-candidate.entity.js';
import { PersonAssertionRow } from './person-assertion.entity.js';
import { RecordIdentifier } from './record-identifier.entity.js';
import { RecordSecret } from './record-secret.entity.js';
import { RefusedEvent } from './refused-event.entity.js';
import { RefusalPosition } from './refusal-position.entity.js';
import { RegistrationOutbox } from './registration-outbox.entity.js';
import { RegistrationTurn } from './registration-turn.entity.js';
import { SigningKey } from './signing-key.entity.js';
import { SourceBlocker } from './source-blocker.entity.js';
import { SourceContact } from './source-contact.entity.js';
import { SourceFinding } from './source-finding.entity.js';
import { SourceObservation } from './source-observation.entity.js';
import { SourcePhaseChange } from './source-phase.entity.js';
import { SourceTally } from './source-tally.entity.js';
import { Source } from './source.entity.js';
import { TestDecision } from './test-decision.entity.js';
import { UnmappedCode } from './unmapped-code.entity.js';

export * from './account-visit.entity.js';
export * from './acknowledgement-listener.entity.js';
export * from './application-ack.entity.js';
export * from './authority-permission.entity.js';
export * from './authority.entity.js';
export * from './certificate.entity.js';
export * from './code-table-version.entity.js';
export * from './corrections-switch.entity.js';
export * from './corrections-version.entity.js';
export * from './decision.entity.js';
export * from './enrolment-token.entity.js';
export * from './facility.entity.js';
export * from './fragment.entity.js';
export * from './merged-number.entity.js';
export * from './not-same.entity.js';
export * from './patient-record.entity.js';
export * from './pending-candidate.entity.js';
export * from './person-assertion.entity.js';
export * from './record-identifier.entity.js';
export * from './record-secret.entity.js';
export * from './refusal-position.entity.js';
export * from './refused-event.entity.js';
export * from './registration-outbox.entity.js';
export * from './registration-turn.entity.js';
export * from './signing-key.entity.js';
export * from './source-blocker.entity.js';
export * from './source-contact.entity.js';
export * from './source-finding.entity.js';
export * from './source-observation.entity.js';
export * from './source-phase.entity.js';
export * from './source-tally.entity.js';
export * from './source.entity.js';
export * from './test-decision.entity.js';
export * from './unmapped-code.entity.js';

export const registrationEntities = [
  AccountVisitRow,
  AcknowledgementListener,
  ApplicationAck,
  AuthorityPermission,
  Authority,
  Certificate,
  CodeTableVersion,
  CorrectionsSwitch,
  CorrectionsVersion,
  Decision,
  EnrolmentToken,
  Facility,
  Fragment,
  MergedNumber,
  NotSame,
  PatientRecord,
  PendingCandidate,
  PersonAssertionRow,
  RecordIdentifier,
  RecordSecret,
  RefusalPosition,
  RefusedEvent,
  RegistrationOutbox,
  RegistrationTurn,
  SigningKey,
  SourceBlocker,
  SourceContact,
  SourceFinding,
  SourceObservation,
  SourcePhaseChange,
  SourceTally,
  Source,
  TestDecision,
  UnmappedCode,
];

export const registrationMigrations = [
  CreateRegistry1700000000001,
  CreateDecisions1700000000002,
  CreatePersons1700000000003,
  CreateContactCertificates1795600000000,
  CreateFindings1795651200000,
  CreateCodeTables1795654800000,
  CreatePhases1795672800000,
  CreateCorrections1795680000000,
  CreateFragments1795700000000,
  CreateApplicationAcks1795700100000,
  CreateMergedNumbers1795741200000,
  CreateAccountVisits1795764000000,
];
