import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

const requestLengthMax = 8192;

export class EnrolmentDto {
  @ApiProperty({ description: 'One-time token of the source' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(128)
  token!: string;

  @ApiProperty({ description: 'PKCS #10 request, PEM; ECDSA P-256' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(requestLengthMax)
  csr!: string;
}

export class RevocationDto {
  @ApiPropertyOptional({ description: 'ISO 8601; past or future, default now' })
  @IsOptional()
  @IsISO8601({ strict: true })
  revokedAt?: string;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}

export class CertificatesQuery {
  @ApiPropertyOptional({ description: 'Id of a source' })
  @IsOptional()
  @IsString()
  source?: string;
}
