import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RefusedEvent } from '@anamnesis/store';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

export class RefusedQuery {
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

  @ApiPropertyOptional({ default: 100, maximum: 500 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  _count: number = 100;
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
