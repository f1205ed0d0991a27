import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Fragment } from '@anamnesis/store';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const states = ['open', 'incomplete', 'assembled', 'refused', 'discarded'] as const;

export class FragmentsQuery {
  @ApiPropertyOptional({ description: 'Id of a source' })
  @IsOptional()
  @IsString()
  source?: string;

  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  state?: Fragment['state'];

  @ApiPropertyOptional({ default: 100, maximum: 500 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  _count: number = 100;
}

export class DiscardDto {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}
