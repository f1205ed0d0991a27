import type { ServerResponse } from 'node:http';
import { Controller, Get, HttpCode, Post, Req, Res, StreamableFile, UseFilters, UseInterceptors } from '@nestjs/common';
import { Access, type AccessContext } from '@anamnesis/runtime';
import type { TracedRequest } from '../access/access-note.js';
import { AccessInterceptor } from '../access/access.interceptor.js';
import { answer } from './edge/answer.js';
import { FhirErrorsFilter } from './edge/fhir-errors.filter.js';
import { negotiateRequest } from './edge/negotiate.js';
import { formParameters, isStrict, urlParameters } from './edge/read-parameters.js';
import { FhirFailure } from './fhir-failure.js';
import { FhirService } from './fhir-service.js';
import type { Served } from './operations/bundle.js';
import type { ServedOne } from './operations/read-one.js';
import { auditParameters } from './operations/search-audit.js';
import { parsePlain } from './search/parse-plain.js';
import type { Parameter } from './search/search-request.js';

interface Exchange {
  readonly request: TracedRequest;
  readonly response: ServerResponse;
  readonly access: AccessContext;
}

/** Who read what. For operators; for clinicians about one patient at a time. Reading it is recorded too. */
@Controller('fhir/AuditEvent')
@UseFilters(FhirErrorsFilter)
@UseInterceptors(AccessInterceptor)
export class AuditEventController {
  constructor(private readonly fhir: FhirService) {}

  @Get()
  search(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Access() access: AccessContext,
  ): Promise<StreamableFile> {
    return this.#search({ request, response, access }, urlParameters(request));
  }

  @Post('_search')
  @HttpCode(200)
  searchByForm(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Access() access: AccessContext,
  ): Promise<StreamableFile> {
    return this.#search({ request, response, access }, formParameters(request));
  }

  @Get(':id')
  async read(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Access() access: AccessContext,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    const served = await this.#readable(request, access);
    return answer({ request, response, action: 'read', shape: 'AuditEvent/:id' }, served);
  }

  @Get(':id/_history')
  async history(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Access() access: AccessContext,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    const { resource } = await this.#readable(request, access);
    const served = await this.fhir.history(request, { type: 'AuditEvent', id: resource.id ?? '' }, []);
    return answer({ request, response, action: 'history', shape: 'AuditEvent/:id/_history' }, served);
  }

  @Get(':id/_history/:version')
  async readVersion(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Access() access: AccessContext,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    const served = await this.#readable(request, access, String(request.params['version']));
    return answer({ request, response, action: 'history', shape: 'AuditEvent/:id/_history/:version' }, served);
  }

  /** An event about no patient (a denial without one, a read of the audit itself) is for operators. */
  async #readable(request: TracedRequest, { role }: AccessContext, version?: string): Promise<ServedOne> {
    const served = await this.fhir.read(request, { type: 'AuditEvent', id: String(request.params['id']) }, version);
    if (role !== 'admin' && served.persons.length === 0)
      throw new FhirFailure(403, 'forbidden', 'clinicians read access events about a patient');
    return served;
  }

  async #search({ request, response, access }: Exchange, parameters: readonly Parameter[]): Promise<StreamableFile> {
    negotiateRequest(request, parameters);
    const plain = parsePlain(auditParameters, parameters, isStrict(request));
    const served: Served = await this.fhir.searchAudit(request, plain, { needsPatient: access.role !== 'admin' });
    const names = plain.honoured.map(([name]) => name);
    return answer({ request, response, action: 'search', shape: 'AuditEvent', names }, served);
  }
}
