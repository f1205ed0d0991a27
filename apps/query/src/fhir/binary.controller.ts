import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res, StreamableFile, UseFilters, UseInterceptors } from '@nestjs/common';
import { noteAccess, type TracedRequest } from '../access/access-note.js';
import { AccessInterceptor } from '../access/access.interceptor.js';
import { ContentReader } from '../content/content-reader.js';
import { HistoryReader } from '../history/history-reader.js';
import { FhirErrorsFilter } from './edge/fhir-errors.filter.js';
import { negotiateRequest } from './edge/negotiate.js';
import { urlParameters } from './edge/read-parameters.js';
import { fhirJson } from './edge/send-resource.js';
import { binaryAsJson, readBinary } from './operations/read-binary.js';

/**
 * `Binary` read (FHIR R4, Binary): the document itself under its own content type, or the resource with its data in base64
 * for who asks for FHIR's JSON. Declared before the controller whose `:type/:id` would match.
 */
@Controller('fhir')
@UseFilters(FhirErrorsFilter)
@UseInterceptors(AccessInterceptor)
export class BinaryController {
  constructor(
    private readonly history: HistoryReader,
    private readonly content: ContentReader,
  ) {}

  @Get('Binary/:id')
  async read(
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Param('id') id: string,
  ): Promise<StreamableFile> {
    const { served, contentType, sizeBytes, open } = await readBinary(id, this.history, this.content);
    const { persons, resources } = served;
    noteAccess(request, { action: 'read', persons, resources, request: `${request.method} /fhir/Binary/:id` });
    response.setHeader('Cache-Control', 'no-cache, private');
    response.setHeader('Last-Modified', new Date(served.lastModified).toUTCString());
    if (isFhirAsked(request)) {
      negotiateRequest(request, urlParameters(request));
      const { pieces, length } = binaryAsJson(served.resource, sizeBytes, await open());
      return new StreamableFile(Readable.from(pieces), { type: fhirJson, length });
    }
    // What a sender calls HTML is never run by a browser in our name.
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
    const pieces = Readable.from(await open());
    return new StreamableFile(pieces, { type: contentType, length: sizeBytes, disposition: 'attachment' });
  }
}

function isFhirAsked(request: TracedRequest): boolean {
  const format = urlParameters(request).find(([name]) => name === '_format')?.[1];
  return format !== undefined || /application\/fhir\+/i.test(request.headers.accept ?? '');
}
