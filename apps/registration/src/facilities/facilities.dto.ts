import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import type { AuthorityFact, Snapshots, SourceFact } from '@anamnesis/core';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsNumber,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsTimeZone,
  Matches,
  MaxLength,
  Min,
} from 'class-validator';
import { IsCertificateName } from './is-certificate-name.js';
import { IsCharset } from './is-charset.js';
import { IsCidr } from './is-cidr.js';
import { IsRecordOf } from './is-record-of.js';
import { IsSnapshots } from './is-snapshots.js';

const entriesMax = 200;

export class FacilityDto {
  @ApiProperty({ description: 'MSH-4.1' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(199)
  name!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(255)
  title?: string;
}

/** What an operator sets of a source. */
export class SourceSettingsDto {
  @ApiPropertyOptional({ enum: ['active', 'suspended'] })
  @IsOptional()
  @IsIn(['active', 'suspended'])
  state?: SourceFact['state'];

  @ApiPropertyOptional({ type: [String], description: 'CIDR blocks that may speak for it; none = any' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(entriesMax)
  @IsCidr({ each: true })
  addresses?: string[];

  @ApiPropertyOptional({
    type: [String],
    description:
      'Client certificates that speak for it, `sha256:<hex>` or `subject:<RFC 2253 name>`; with any, TLS alone',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(entriesMax)
  @IsCertificateName({ each: true })
  certificates?: string[];

  @ApiPropertyOptional({ description: 'IANA zone of times sent without offset; null = UTC, flagged' })
  @IsOptional()
  @IsTimeZone()
  zone?: string;

  @ApiPropertyOptional({ description: 'Used when MSH-18 is empty or unknown; null = none' })
  @IsOptional()
  @IsCharset()
  charset?: string;

  @ApiPropertyOptional({
    enum: ['declared', 'force', 'default'],
    description: '`force`: `charset` whatever MSH-18 says; `default`: where MSH-18 says nothing, and it is no guess',
  })
  @IsOptional()
  @IsIn(['declared', 'force', 'default'])
  charsetPolicy?: Exclude<SourceFact['charsetPolicy'], undefined>;

  @ApiPropertyOptional({ description: 'System of numbers sent without an authority; null = scoped to the facility' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  authorityDefault?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, description: 'URI by CX.4.1' })
  @IsOptional()
  @IsObject()
  @IsRecordOf('text')
  authorityByNamespace?: Record<string, string>;

  @ApiPropertyOptional({ type: [String], description: '`ADT^A01`, `ADT^*`, `*`; none = every type' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(entriesMax)
  @Matches(/^(\*|[A-Z0-9]{3}\^(\*|[A-Z0-9]{1,3}))$/, { each: true })
  messageTypes?: string[];

  @ApiPropertyOptional({ type: [String], description: 'MSH-11.1 values accepted' })
  @IsOptional()
  @IsArray()
  @IsIn(['P', 'T', 'D'], { each: true })
  processingIds?: string[];

  @ApiPropertyOptional({ enum: ['auto', 'original', 'enhanced', 'enhanced-answer-AA'] })
  @IsOptional()
  @IsIn(['auto', 'original', 'enhanced', 'enhanced-answer-AA'])
  acknowledgement?: SourceFact['acknowledgement'];

  @ApiPropertyOptional({
    description: '`host:port` that application acknowledgements (MSH-16) are sent to; null = none',
  })
  @IsOptional()
  @IsString()
  @Matches(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253}):([1-9]\d{0,4})$/)
  applicationAcknowledgementTo?: string;

  @ApiPropertyOptional({
    enum: ['all', 'errors', 'none'],
    description: 'Acknowledgements that a batch is answered with',
  })
  @IsOptional()
  @IsIn(['all', 'errors', 'none'])
  batchAcknowledgement?: NonNullable<SourceFact['batchAcknowledgement']>;

  @ApiPropertyOptional({
    description: 'It sends messages in fragments (DSC): found out by itself; false = its MSH-14 is no pointer',
  })
  @IsOptional()
  @IsBoolean()
  isFragmenting?: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['replace', 'keep'] },
    description: 'By NK1 and IN1: `replace`: an ADT lists all there are; `keep`: what it leaves out stays as it was',
  })
  @IsOptional()
  @IsSnapshots()
  snapshots?: Snapshots;

  @ApiPropertyOptional({ description: 'Close without an answer instead of AR 207' })
  @IsOptional()
  @IsBoolean()
  closesWhenUnavailable?: boolean;
}

export class SourceDto extends SourceSettingsDto {
  @ApiProperty({ description: 'MSH-4.1' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(199)
  facility!: string;

  @ApiProperty({ description: 'MSH-3.1' })
  @IsString()
  @MaxLength(199)
  application!: string;
}

export class SourceChangesDto extends PartialType(SourceSettingsDto) {}

export class AuthorityDto {
  @ApiProperty({ description: 'URI of the assigning authority' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  system!: string;

  @ApiProperty({ enum: ['facility', 'enterprise', 'national'] })
  @IsIn(['facility', 'enterprise', 'national'])
  scope!: AuthorityFact['scope'];

  @ApiPropertyOptional({ description: 'Facility that issues its numbers' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(199)
  issuer?: string;
}

export class PermissionDto {
  @ApiProperty({ description: 'URI of the assigning authority' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  system!: string;
}

export class ContactDto {
  @ApiProperty({ description: 'MSH-4.1, or MSH-3.1 when that is empty' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(199)
  facility!: string;

  @ApiProperty({ description: 'MSH-3.1' })
  @IsString()
  @MaxLength(199)
  application!: string;

  @ApiProperty()
  @IsString()
  @MaxLength(64)
  address!: string;

  @ApiPropertyOptional({ description: 'SHA-256 of the client certificate it came with, `sha256:<hex>`' })
  @IsOptional()
  @Matches(/^sha256:[0-9a-f]{64}$/)
  certificate?: string;
}

export class ObservationDto {
  @ApiProperty({ description: 'Instance of the adapter' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  adapter!: string;

  @ApiPropertyOptional({ description: 'Since when it counts, ISO 8601' })
  @IsOptional()
  @IsISO8601()
  since?: string;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' }, description: 'Answers by ACK code' })
  @IsObject()
  @IsRecordOf('count')
  answers!: Record<string, number>;

  @ApiProperty()
  @IsNumber()
  @Min(0)
  ackMsP99!: number;

  @ApiPropertyOptional({ description: 'ISO 8601' })
  @IsOptional()
  @IsISO8601()
  lastMessageAt?: string;
}

export class SourcesQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  facility?: string;
}
