import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RefusedEvent } from '@anamnesis/store';
import { IsBoolean, IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ListQuery } from '../list-query.js';

export class RefusedQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Id of a source' })
  @IsOptional()
  @IsString()
  source?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  code?: string;

  @ApiPropertyOptional({ enum: ['open', 'requeued', 'certified'] })
  @IsOptional()
  @IsIn(['open', 'requeued', 'certified'])
  state?: RefusedEvent['state'];

  @ApiPropertyOptional({ description: 'ISO 8601' })
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;
}

export class ReplayDto {
  @ApiPropertyOptional({ description: 'Take an event that was refused for a revocation' })
  @IsOptional()
  @IsBoolean()
  acceptRevoked?: boolean;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}
