import type { ServerResponse } from 'node:http';
import { All, Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { stringifyFhir } from '@anamnesis/fhir';
import type { TracedRequest } from '../access/access-note.js';
import { FhirErrorsFilter } from './edge/fhir-errors.filter.js';
import { negotiateRequest } from './edge/negotiate.js';
import { urlParameters } from './edge/read-parameters.js';
import { fhirJson } from './edge/send-resource.js';
import { FhirFailure } from './fhir-failure.js';
import { originOf } from './fhir-service.js';
import { capabilityStatement } from './render/capability-statement.js';
import { servedTypes } from './served-types.js';

/** What is served, without patient data. Declared before the controllers whose `:type` would match `metadata`. */
@Controller('fhir')
@UseFilters(FhirErrorsFilter)
export class FhirMetadataController {
  @Get('metadata')
  metadata(@Req() request: TracedRequest, @Res({ passthrough: true }) response: ServerResponse): string {
    negotiateRequest(request, urlParameters(request));
    response.setHeader('Content-Type', fhirJson);
    return stringifyFhir(capabilityStatement(originOf(request)));
  }
}

/** Everything under `/fhir` that no other route takes. Declared last. */
@Controller('fhir')
@UseFilters(FhirErrorsFilter)
export class FhirUnservedController {
  @All('{*rest}')
  refuse(@Req() request: TracedRequest, @Res({ passthrough: true }) response: ServerResponse): never {
    const [type = ''] = request.path.replace(/^\/fhir\/?/, '').split('/');
    const isKnown = servedTypes.has(type) || ['', 'AuditEvent', 'Provenance', 'metadata'].includes(type);
    if (!isKnown) throw new FhirFailure(404, 'not-supported', 'no such resource type');
    response.setHeader('Allow', 'GET');
    throw new FhirFailure(405, 'not-supported', 'this interaction is not served');
  }
}
