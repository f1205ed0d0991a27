import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Registration } from '../registration.js';
import { CertificatesQuery, EnrolmentDto, RevocationDto } from './certificates.dto.js';
import { enrol, type Enrolment, makeToken } from './enrol.js';
import { type CertificateView, listCertificates, revocationList, revoke, revokeSource } from './revoke.js';

@ApiTags('certificates')
@ApiBearerAuth()
@Controller('registration')
export class CertificatesController {
  constructor(private readonly registration: Registration) {}

  @Post('sources/:id/tokens')
  @ApiOperation({ summary: 'Make a one-time enrolment token' })
  token(@Param('id') id: string): Promise<{ token: string; expiresAt: string }> {
    return makeToken(this.registration, id);
  }

  @Post('enrolments')
  @ApiOperation({ summary: 'Exchange a token and a certificate request for a certificate' })
  enrol(@Body() request: EnrolmentDto): Promise<Enrolment> {
    return enrol(this.registration, request);
  }

  @Get('certificates')
  @ApiOperation({ summary: 'Certificates, newest first' })
  list(@Query() { source }: CertificatesQuery): Promise<readonly CertificateView[]> {
    return listCertificates(this.registration, source);
  }

  @Get('certificates/root')
  @Header('Content-Type', 'application/x-pem-file')
  @ApiOperation({ summary: "The deployment's root certificate, PEM" })
  root(): string {
    return this.registration.authority.certificate;
  }

  @Get('certificates/crl')
  @Header('Content-Type', 'application/x-pem-file')
  @ApiOperation({ summary: 'Revocation list, PEM' })
  revocationList(): Promise<string> {
    return revocationList(this.registration);
  }

  @Post('certificates/:serial/revocations')
  @HttpCode(200)
  @ApiOperation({ summary: 'Revoke one certificate from a moment on' })
  revoke(@Param('serial') serial: string, @Body() revocation: RevocationDto): Promise<CertificateView> {
    return revoke(this.registration, serial, revocation);
  }

  @Post('sources/:id/revocations')
  @HttpCode(200)
  @ApiOperation({ summary: 'Revoke all certificates of a source from a moment on' })
  revokeSource(@Param('id') id: string, @Body() revocation: RevocationDto): Promise<readonly CertificateView[]> {
    return revokeSource(this.registration, id, revocation);
  }
}
