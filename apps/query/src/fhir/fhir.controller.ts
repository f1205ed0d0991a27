import type { ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  StreamableFile,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import type { TracedRequest } from '../access/access-note.js';
import { AccessInterceptor } from '../access/access.interceptor.js';
import { answer } from './edge/answer.js';
import { FhirErrorsFilter } from './edge/fhir-errors.filter.js';
import { negotiateRequest } from './edge/negotiate.js';
import { formParameters, isStrict, jsonBody, urlParameters } from './edge/read-parameters.js';
import { FhirFailure } from './fhir-failure.js';
import { FhirService } from './fhir-service.js';
import { provenanceParameters } from './operations/search-provenance.js';
import { parsePlain } from './search/parse-plain.js';
import { parseSearch } from './search/parse-search.js';
import type { Parameter } from './search/search-request.js';

/**
 * FHIR R4 REST over the patient history, for clinicians: read, vread, instance history, search, `$everything`, `$match`.
 * Every answer waits for its access event.
 */
@Controller('fhir')
@UseFilters(FhirErrorsFilter)
@UseInterceptors(AccessInterceptor)
export class FhirController {
  constructor(private readonly fhir: FhirService) {}

  @Get('Patient/:id/$everything')
  async everything(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param('id') patientId: string,
  ): Promise<StreamableFile> {
    const parameters = urlParameters(request);
    negotiateRequest(request, parameters);
    const served = await this.fhir.everything(request, { patientId, parameters, isStrict: isStrict(request) });
    return answer({ request, response, action: 'operation', shape: 'Patient/:id/$everything' }, served);
  }

  @Post('Patient/$match')
  @HttpCode(200)
  async match(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    const served = await this.fhir.match(request, await jsonBody(request));
    return answer({ request, response, action: 'operation', shape: 'Patient/$match' }, served);
  }

  @Get(':type')
  search(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param('type') type: string,
  ): Promise<StreamableFile> {
    return this.#search({ request, response, type, parameters: urlParameters(request) });
  }

  /** Keeps identifiers out of URLs. */
  @Post(':type/_search')
  @HttpCode(200)
  searchByForm(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param('type') type: string,
  ): Promise<StreamableFile> {
    return this.#search({ request, response, type, parameters: formParameters(request) });
  }

  @Get(':type/:id')
  async read(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param() { type = '', id = '' }: Record<string, string>,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    if (id.startsWith('_')) throw new FhirFailure(405, 'not-supported', 'this interaction is not served');
    const served = await this.fhir.read(request, { type, id });
    return answer({ request, response, action: 'read', shape: `${type}/:id` }, served);
  }

  @Get(':type/:id/_history')
  async history(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param() { type = '', id = '' }: Record<string, string>,
  ): Promise<StreamableFile> {
    const parameters = urlParameters(request);
    negotiateRequest(request, parameters);
    const served = await this.fhir.history(request, { type, id }, parameters);
    return answer({ request, response, action: 'history', shape: `${type}/:id/_history` }, served);
  }

  @Get(':type/:id/_history/:version')
  async readVersion(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param() { type = '', id = '', version = '' }: Record<string, string>,
  ): Promise<StreamableFile> {
    negotiateRequest(request, urlParameters(request));
    const served = await this.fhir.read(request, { type, id }, version);
    return answer({ request, response, action: 'history', shape: `${type}/:id/_history/:version` }, served);
  }

  async #search(asked: {
    request: TracedRequest;
    response: ServerResponse;
    type: string;
    parameters: readonly Parameter[];
  }): Promise<StreamableFile> {
    const { request, response, type, parameters } = asked;
    negotiateRequest(request, parameters);
    if (type === 'Provenance') {
      const plain = parsePlain(provenanceParameters, parameters, isStrict(request));
      const names = plain.honoured.map(([name]) => name);
      const served = await this.fhir.searchProvenance(request, plain);
      return answer({ request, response, action: 'search', shape: type, names }, served);
    }
    const search = parseSearch(type, parameters, isStrict(request));
    const names = search.honoured.map(([name]) => name);
    const served = await this.fhir.search(request, search);
    return answer({ request, response, action: 'search', shape: type, names }, served);
  }
}
