import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Fragment } from '@anamnesis/store';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ListQuery } from '../list-query.js';

const states = ['open', 'incomplete', 'assembled', 'refused', 'discarded'] as const;

export class FragmentsQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Id of a source' })
  @IsOptional()
  @IsString()
  source?: string;

  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  state?: Fragment['state'];
}

export class DiscardDto {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}
