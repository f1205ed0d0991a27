import type { Provider, Type } from '@nestjs/common';
import { Keys } from '@anamnesis/runtime';
import { AuditEventController } from './audit-event.controller.js';
import { BinaryController } from './binary.controller.js';
import { FhirService } from './fhir-service.js';
import { FhirMetadataController, FhirUnservedController } from './fhir-surface.controller.js';
import { FhirController } from './fhir.controller.js';
import { Cursors } from './search/cursor.js';

/**
 * In this order: Express takes the first route that matches. Want `HistoryReader`, `QuietSources`, `ContentReader`,
 * `Store`, `Keys` and `AccessModule`.
 */
export const fhirControllers: Type[] = [
  FhirMetadataController,
  AuditEventController,
  BinaryController,
  FhirController,
  FhirUnservedController,
];

export const fhirProviders: Provider[] = [
  FhirService,
  { provide: Cursors, useFactory: ({ deploymentKey }: Keys) => new Cursors(deploymentKey), inject: [Keys] },
];
