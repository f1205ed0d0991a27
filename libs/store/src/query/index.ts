import type { MigrationInterface } from 'typeorm';
import { CreateQuery1700000300000 } from './1700000300000-create-query.js';
import { AddMessageFlags1795760000000 } from './add-message-flags.migration.js';
import { AccessEvent, AccessPerson } from './access-event.entity.js';
import { CreateAccess1700000600000 } from './access-migration.js';
import { CreatePurgedContent1795741210000 } from './create-purged-content.migration.js';
import { CreateReusedNumbers1795764010000 } from './create-reused-numbers.migration.js';
import { PurgedContent } from './purged-content.entity.js';
import { CreateTestMessages1795674600000 } from './create-test-messages.migration.js';
import { TestMessage } from './test-message.entity.js';
import { CreateRemaps1795661000000 } from './create-remaps.migration.js';
import { RemappedEvent, RemapProgress } from './remap.entity.js';
import { AnchoredBatchRow, AnchoredLeaf } from './anchored.entity.js';
import { ArchiveCursor, ArchiveEntry, ContentKey } from './archive.entity.js';
import { ChartRecord } from './chart-record.entity.js';
import { IntegrityFinding, IntegrityProgress } from './integrity.entity.js';
import { Message } from './message.entity.js';
import { ChartAssertion, ChartPerson, ChartPersonVersion } from './chart-person.entity.js';
import { ReusedNumber } from './reused-number.entity.js';
import { ResourceCurrent, ResourceIndex, ResourceVersion } from './resource.entity.js';

export * from './access-event.entity.js';
export * from './anchored.entity.js';
export * from './archive.entity.js';
export * from './chart-record.entity.js';
export * from './integrity.entity.js';
export * from './message.entity.js';
export * from './chart-person.entity.js';
export * from './purged-content.entity.js';
export * from './remap.entity.js';
export * from './resource.entity.js';
export * from './reused-number.entity.js';
export * from './test-message.entity.js';

export const queryEntities: (new () => object)[] = [
  ArchiveEntry,
  ArchiveCursor,
  ContentKey,
  ChartRecord,
  ChartPerson,
  ChartPersonVersion,
  ChartAssertion,
  ResourceVersion,
  ResourceCurrent,
  ResourceIndex,
  Message,
  AnchoredBatchRow,
  AnchoredLeaf,
  IntegrityFinding,
  IntegrityProgress,
  AccessEvent,
  AccessPerson,
  TestMessage,
  RemappedEvent,
  RemapProgress,
  PurgedContent,
  ReusedNumber,
];
export const queryMigrations: (new () => MigrationInterface)[] = [
  CreateQuery1700000300000,
  CreateAccess1700000600000,
  CreateRemaps1795661000000,
  CreateTestMessages1795674600000,
  CreatePurgedContent1795741210000,
  AddMessageFlags1795760000000,
  CreateReusedNumbers1795764010000,
];
